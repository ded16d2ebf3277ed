import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerProcess } from '../support/server-process.js';
import type { Producer } from './producer.js';

/** Looks once a second at what a storm uses. */
export class Watch {
  /** Resident memory of the exporting process, MiB. */
  readonly rssMiB: number[] = [];
  /** Of the server, at most, MiB; 0 where it cannot be read. */
  serverRssMiB = 0;
  /** Open sockets of the exporting process, most seen between faults. */
  sockets = 0;
  /** Most events on disk at a time. */
  mostSpooled = 0;
  readonly #server: Pick<ServerProcess, 'pid'>;
  readonly #producers: readonly Producer[];

  constructor(server: Pick<ServerProcess, 'pid'>, producers: readonly Producer[]) {
    this.#server = server;
    this.#producers = producers;
  }

  async run(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      this.rssMiB.push(Math.round(process.memoryUsage.rss() / 1024 / 102.4) / 10);
      this.serverRssMiB = Math.max(this.serverRssMiB, rssMiBOf(this.#server.pid));
      const spooled = this.#producers.reduce((sum, producer) => sum + producer.spooled, 0);
      this.mostSpooled = Math.max(this.mostSpooled, spooled);
      await sleep(1_000);
    }
  }

  /** To be called between two faults. */
  noteSockets(): void {
    const open = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    this.sockets = Math.max(this.sockets, open);
  }
}

function rssMiBOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    // It has just been killed, or there is no such file on this system.
    return 0;
  }
}
