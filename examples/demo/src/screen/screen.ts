import { createPaint, wantsColour, type Paint } from './paint.ts';

const CLEAR_LINE = '\r\u001B[2K';

/** The one place that writes to the terminal. */
export class Screen {
  readonly paint: Paint;
  /** Whether a line can be rewritten. */
  readonly rewrites: boolean;
  readonly #out: NodeJS.WriteStream;
  readonly #error: NodeJS.WriteStream;
  #live = false;
  #lastLine = '';

  constructor(out: NodeJS.WriteStream, error: NodeJS.WriteStream, env: NodeJS.ProcessEnv) {
    this.#out = out;
    this.#error = error;
    this.rewrites = out.isTTY && env['TERM'] !== 'dumb';
    this.paint = createPaint(wantsColour(out.isTTY, env));
    // A reader that has seen enough (`| head`) must not end the demo before it has tidied up.
    out.on('error', () => undefined);
    error.on('error', () => undefined);
  }

  /** A line that stays. An empty one after an empty one is left out. */
  print(line = ''): void {
    this.endLive();
    if (line === '' && this.#lastLine === '') return;
    this.#lastLine = line;
    this.#out.write(`${line}\n`);
  }

  /** A line that the next one replaces, where the terminal can do that. */
  live(line: string): void {
    if (!this.rewrites) {
      this.print(line);
      return;
    }
    this.#out.write(`${CLEAR_LINE}${line.slice(0, this.#out.columns - 1)}`);
    this.#live = true;
    this.#lastLine = line;
  }

  /** The live line as it is now stays. */
  endLive(): void {
    if (this.#live) this.#out.write('\n');
    this.#live = false;
  }

  /** A problem, told in one line. */
  problem(line: string): void {
    this.endLive();
    this.#error.write(`demo: ${line}\n`);
  }
}
