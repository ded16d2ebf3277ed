import { between, type Fault, type Scene } from './fault.js';

/** Bits a second, and one way of the round trip. */
const RATES = [64_000, 128_000] as const;
const DELAY_MILLIS = 100;

/** All that producers send shares a line that is hundreds of times slower than what they make. */
export class SlowLink implements Fault {
  readonly kind = 'slow link';
  readonly share = 1;
  #acked = 0;
  #seconds = 0;

  async strike(scene: Scene): Promise<void> {
    const { line, hold, acked } = scene;
    line.bytesPerSecond = (RATES[between(scene, 0, RATES.length - 1)] ?? RATES[0]) / 8;
    line.delayMillis = DELAY_MILLIS;
    const [before, began] = [acked(), performance.now()];
    await hold(between(scene, 6_000, 15_000));
    this.#acked += acked() - before;
    this.#seconds += (performance.now() - began) / 1e3;
    line.delayMillis = 0;
    line.bytesPerSecond = Infinity;
  }

  findings(): readonly [string, string][] {
    const rates = RATES.map((rate) => rate / 1000).join(' or ');
    return [
      [
        'slow link',
        `${rates} kbit/s and ${2 * DELAY_MILLIS} ms there and back for ${this.#seconds.toFixed(0)} s, ${this.#acked} acknowledged meanwhile`,
      ],
    ];
  }
}
