import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** How an example is started. */
export interface Launch {
  readonly node: string;
  readonly args: readonly string[];
  readonly folder: string;
}

/** Only a hang takes longer. */
const START_MILLIS = 60_000;
const STOP_MILLIS = 20_000;

/** An example in a process of its own, as its start command starts it. */
export class ExampleProcess {
  #output = '';
  readonly #child: ChildProcess;

  private constructor({ node, args, folder }: Launch, env: Readonly<Record<string, string>>) {
    this.#child = spawn(node, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer): void => void (this.#output += chunk.toString());
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
  }

  static async start(launch: Launch, env: Readonly<Record<string, string>>): Promise<ExampleProcess> {
    const example = new ExampleProcess(launch, env);
    const deadline = performance.now() + START_MILLIS;
    while (example.#port === undefined) {
      if (example.#ended || performance.now() > deadline) {
        example.kill();
        throw new Error(`${launch.folder} did not start: ${example.#output}`);
      }
      await sleep(20);
    }
    return example;
  }

  get port(): number {
    return this.#port ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  /** Asks it to end as an operator would, and resolves when it has. */
  async stop(): Promise<void> {
    if (!this.#ended) {
      const exited = once(this.#child, 'exit', { signal: AbortSignal.timeout(STOP_MILLIS) });
      this.#child.kill('SIGTERM');
      await exited.catch((error: unknown) => {
        throw new Error(`it did not stop: ${this.#output}`, { cause: error });
      });
    }
    if (this.#child.exitCode !== 0) {
      const { exitCode, signalCode } = this.#child;
      throw new Error(`it ended with ${exitCode ?? signalCode}: ${this.#output}`);
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #port(): number | undefined {
    const match = /(?:listening on|Local:) +\S+:(\d+)/.exec(this.#output);
    return match === null ? undefined : Number(match[1]);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
