import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { JsonLines } from './lines.js';

const apps = fileURLToPath(new URL('../../apps/', import.meta.url));

export type SetUp =
  | 'setup-with-cerberus'
  | 'setup-batch-processor'
  | 'setup-exporter-only'
  | 'setup-start-cerberus';

/** The Express application in a process of its own, killed after the test. */
export class App {
  stderr = '';
  readonly #child: ChildProcess;
  readonly #lines: JsonLines;
  #port = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = new JsonLines(child);
    child.stderr?.on('data', (chunk: Buffer) => void (this.stderr += chunk.toString()));
  }

  static async start(setUp: SetUp, env: Record<string, string>, script = 'express-app.mjs'): Promise<App> {
    const child = spawn(process.execPath, ['--unhandled-rejections=strict', script], {
      cwd: apps,
      env: { PATH: process.env['PATH'], APP_SETUP: setUp, OTEL_TRACES_EXPORTER: 'none', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const app = new App(child);
    afterTest(() => app.kill());
    const first = await app.#lines.line(0).catch((error: unknown) => {
      throw new Error(`the application did not start: ${app.stderr}`, { cause: error });
    });
    app.#port = Number(first['port']);
    return app;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Shuts the application down as its operator would; resolves with the requests that it and OTel counted. */
  async stop(): Promise<{ served: number; otel: number }> {
    this.#child.stdin?.write('stop\n');
    const { served, otel } = await this.#lines.line(1, 20_000).catch((error: unknown) => {
      throw new Error(`the application did not stop: ${this.stderr}`, { cause: error });
    });
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    return { served: Number(served), otel: Number(otel) };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
