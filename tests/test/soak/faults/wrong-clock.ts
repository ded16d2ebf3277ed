import { between, type Fault, type Scene } from './fault.js';

const YEAR_DAYS = 366;
const AHEAD_FLAGS = [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    const millis = ${YEAR_DAYS} * 86_400_000, right = Date;
    globalThis.Date = class Date extends right {
      constructor(...args) { if (args.length === 0) super(right.now() + millis); else super(...args); }
      static now() { return right.now() + millis; }
    };`)}`,
];

/** The server is started again with a clock that is a year ahead, and later with one that is right. */
export class WrongClock implements Fault {
  readonly kind = 'clock a year ahead';
  readonly share = 1;

  async strike(scene: Scene): Promise<void> {
    const { server, hold, isWhole } = scene;
    await server.killAndRestart(AHEAD_FLAGS);
    await hold(between(scene, 3_000, 8_000));
    await isWhole();
    await server.killAndRestart();
  }
}
