import { spawn, type ChildProcess } from 'node:child_process';

/** What is kept of what it writes. */
const KEPT_CHARACTERS = 20_000;

/** A process that ends with this one, whatever ends this one (`prctl(PR_SET_PDEATHSIG)`). */
export class BoundProcess {
  /** The last of what it wrote. */
  output = '';
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = `${this.output}${text}`.slice(-KEPT_CHARACTERS);
      });
    }
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', reject);
    });
    this.ended.catch(() => undefined);
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it and waits for that. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.signal(signal);
    await this.ended;
  }
}
