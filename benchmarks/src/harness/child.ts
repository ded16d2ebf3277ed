import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Call } from './subject.ts';

/** Only a hang takes longer: no single call measures for more than a minute or two. */
const CALL_TIMEOUT_MILLIS = 180_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of its own that does what it is told. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    child.on('message', (answer: Answer) => this.#answered(answer));
    child.on('exit', (code, signal) => this.#exited(`exited with ${code ?? signal}`));
  }

  /**
   * @param script relative to this package's `dist`
   * @returns when it is ready for calls
   */
  static async start(script: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> {
    const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
    const started = fork(path, [...args], {
      execArgv: ['--expose-gc', ...(options.execArgv ?? [])],
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = new Child(`${script} ${args.join(' ')}`, started);
    await child.#answer(0);
    return child;
  }

  get pid(): number {
    return this.#process.pid ?? NaN;
  }

  /** @throws Error when the child fails, ends or does not answer in time */
  async call<T>(name: string, argument?: unknown): Promise<T> {
    this.#calls += 1;
    const id = this.#calls;
    const answer = this.#answer(id);
    this.#process.send({ id, name, argument } satisfies Call);
    return (await answer) as T;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = new Promise((resolve) => void this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exited;
  }

  #answer(id: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#waiting.get(id)?.reject(new Error(`${this.#name}: no answer`)),
        CALL_TIMEOUT_MILLIS,
      );
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
      };
      this.#waiting.set(id, {
        resolve: (result) => (settle(), resolve(result)),
        reject: (error) => (settle(), reject(error)),
      });
    });
  }

  #answered({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${this.#name}: ${error}`));
  }

  #exited(how: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.#name} ${how}`));
  }
}

/** How a child is started. */
export interface ChildOptions {
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}
