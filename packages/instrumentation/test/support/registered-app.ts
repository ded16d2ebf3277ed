import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';

const REGISTER = '@cerberus-otel/instrumentation/register';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An application of `children` that is started with `register` and whatever is in the environment; killed after the test. */
export class RegisteredApp {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  constructor(
    script: string,
    env: Readonly<Record<string, string>>,
    flags: readonly string[] = ['--import', REGISTER],
  ) {
    const file = fileURLToPath(new URL(`../children/${script}`, import.meta.url));
    this.#child = spawn(process.execPath, [...flags, file], {
      // Flags are resolved from here, as from the folder of an application.
      cwd: dirname(file),
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    afterTest(() => this.kill('SIGKILL'));
    this.#child.stdout?.on('data', (chunk: Buffer) => void (this.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => void (this.stderr += chunk.toString()));
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  /** The port that it listens on, once it does. */
  async port(): Promise<number> {
    await until('the application listens', () => /listening on \d+/.test(this.stdout), 15_000);
    return Number(/listening on (\d+)/.exec(this.stdout)?.[1]);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
