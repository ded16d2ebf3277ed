import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** Longer than it takes on a machine that is busy, with a log to read that was not merged. */
const START_MILLIS = 60_000;
const launcher = join(
  dirname(createRequire(import.meta.url).resolve('@cerberus-otel/server/package.json')),
  'bin/cerberus-server.mjs',
);

/** The server's own command in a process of its own, on a fixed port, that can be killed and started again; killed after the test. */
export class ServerProcess {
  readonly port: number;
  readonly #db: string;
  readonly #token: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, db: string, token: string) {
    this.port = port;
    this.#db = db;
    this.#token = token;
  }

  static async start(db: string, token: string): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), db, token);
    afterTest(() => server.kill());
    await server.restart();
    return server;
  }

  /** Of the process that was started last. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** @param flags of Node.js, such as `--import` with what is to be loaded first */
  async restart(flags: readonly string[] = []): Promise<void> {
    const args = [...flags, launcher, '--port', String(this.port), '--db', this.#db, '--token', this.#token];
    const child = spawn(process.execPath, args, { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    this.#child = child;
    const deadline = performance.now() + START_MILLIS;
    for (;;) {
      const healthy = await fetch(`${this.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (healthy) return;
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode} at its start`);
      if (performance.now() > deadline) throw new Error(`the server did not start in ${START_MILLIS} ms`);
      await sleep(30);
    }
  }

  async killAndRestart(flags: readonly string[] = []): Promise<void> {
    await this.kill();
    await this.restart(flags);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
