import { join } from 'node:path';
import { freePort } from '../../../packages/server/test-dist/support/free-port.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { BoundProcess } from './bound-process.js';
import type { CutOffNetwork } from './network.js';
import { TODAY } from './releases.js';

const LAUNCHER = 'bin/cerberus-server.mjs';
const SHIFTED_CLOCK = new URL('./shifted-clock.js', import.meta.url).href;
const START_MILLIS = 60_000;
const MANY = '5000';

export const TOKEN = 'cluster-token';

/** A server of the cluster, in a process of its own, that keeps its port over all its lives. */
export class ServerNode {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly network: CutOffNetwork | undefined;
  readonly #store: readonly string[];
  /** Folder of the server's package. */
  #package = TODAY;
  #process: BoundProcess | undefined;

  private constructor(
    name: string,
    port: number,
    { store, network }: { store: readonly string[]; network?: CutOffNetwork | undefined },
  ) {
    this.name = name;
    this.port = port;
    this.network = network;
    this.address = network?.insideAddress ?? '127.0.0.1';
    this.#store = store;
  }

  /**
   * @param store - options of the command that say where events are stored
   * @param network - in which it can be cut off from there
   */
  static async start(name: string, store: readonly string[], network?: CutOffNetwork): Promise<ServerNode> {
    const node = new ServerNode(name, await freePort(), { store, network });
    await node.startAgain();
    return node;
  }

  get url(): string {
    return `http://${this.address}:${this.port}`;
  }

  get wsUrl(): string {
    return `ws://${this.address}:${this.port}/ws/events`;
  }

  get isRunning(): boolean {
    return this.#process?.isRunning === true;
  }

  /** From its next start on it is what is in another folder. */
  install(folder: string): void {
    this.#package = folder;
  }

  /** @param clockShiftMillis - so far its clock is ahead */
  async startAgain(clockShiftMillis = 0): Promise<void> {
    const options = {
      host: this.address,
      port: String(this.port),
      token: TOKEN,
      'secret-key': 'k'.repeat(32),
      'max-connections': MANY,
      'max-connections-per-address': MANY,
      'max-unauthenticated-connections': MANY,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const clock = { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, CLOCK_SHIFT_MILLIS: String(clockShiftMillis) };
    const launcher = join(this.#package, LAUNCHER);
    const command = [...(this.network?.prefix ?? []), process.execPath, launcher, ...args, ...this.#store];
    const started = new BoundProcess(command, clockShiftMillis === 0 ? {} : clock);
    this.#process = started;
    await until(
      `server ${this.name} answers`,
      async () => {
        if (!started.isRunning) throw new Error(`server ${this.name} did not start: ${started.output}`);
        return (await this.ask('/livez'))?.ok === true;
      },
      START_MILLIS,
    );
  }

  /** What a route answers; `undefined` when nobody does in time. */
  async ask(
    path: string,
    millis = 2_000,
  ): Promise<{ readonly ok: boolean; readonly text: string } | undefined> {
    try {
      const answer = await fetch(`${this.url}${path}`, {
        headers: { authorization: `Bearer ${TOKEN}`, connection: 'close' },
        signal: AbortSignal.timeout(millis),
      });
      return { ok: answer.ok, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    await this.#process?.end('SIGTERM');
  }

  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** The last of what it wrote. */
  get output(): string {
    return this.#process?.output ?? '';
  }
}
