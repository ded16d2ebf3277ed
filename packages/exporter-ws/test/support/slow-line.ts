import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from './disposal.js';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly waiting: Buffer[];
  /** The client will send no more. */
  ended: boolean;
}

const PIECE_BYTES = 512;
const TICK_MILLIS = 5;

/**
 * A TCP proxy whose links share one slow uplink, in turns; what a server says comes at once. It takes what it is given, as the
 * buffers in front of a slow line do, until its client resets the link. Stopped after the test.
 */
export class SlowLine {
  /** Of the uplink; Infinity: as fast as it goes. */
  bytesPerSecond: number;
  connections = 0;
  /** Bytes that were passed on. */
  passed = 0;
  readonly #server;
  readonly #links = new Set<Link>();
  #stopped = false;

  private constructor(targetPort: () => number, bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond;
    this.#server = createServer({ allowHalfOpen: true }, (client) =>
      this.#link(client, connect(targetPort(), '127.0.0.1')),
    );
  }

  static async start(targetPort: () => number, bytesPerSecond: number): Promise<SlowLine> {
    const line = new SlowLine(targetPort, bytesPerSecond);
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    const running = line.#run();
    afterTest(async () => {
      await line.stop();
      await running;
    });
    return line;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { client, server } of this.#links) {
      client.destroy();
      server.destroy();
    }
    await closed;
  }

  #link(client: Socket, server: Socket): void {
    const link: Link = { client, server, waiting: [], ended: false };
    this.connections += 1;
    this.#links.add(link);
    client.on('data', (chunk: Buffer) => void link.waiting.push(chunk));
    client.on('end', () => void (link.ended = true));
    server.on('data', (chunk: Buffer) => {
      // A client that has gone answers with a reset, which Node does not see behind an end.
      if (link.ended) close();
      else if (!client.destroyed) client.write(chunk);
    });
    const close = (): void => {
      this.#links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.on('error', close);
      socket.on('close', close);
    }
    server.on('end', () => client.end());
  }

  async #run(): Promise<void> {
    let credit = 0;
    for (let last = performance.now(); !this.#stopped; await sleep(TICK_MILLIS)) {
      const now = performance.now();
      credit += ((now - last) / 1e3) * this.bytesPerSecond;
      last = now;
      for (let moved = true; moved && credit > 0;) {
        moved = false;
        for (const link of this.#links) {
          const bytes = this.#pass(link);
          credit -= bytes;
          moved ||= bytes > 0;
        }
      }
      // A line saves nothing up.
      credit = Math.min(credit, 0);
    }
  }

  /** @returns bytes */
  #pass(link: Link): number {
    const [first, ...others] = link.waiting;
    if (first === undefined) {
      if (link.ended) link.server.end();
      return 0;
    }
    const piece = first.subarray(0, this.bytesPerSecond === Infinity ? first.length : PIECE_BYTES);
    const rest = first.subarray(piece.length);
    link.waiting.splice(0, link.waiting.length, ...(rest.length > 0 ? [rest] : []), ...others);
    if (!link.server.destroyed) link.server.write(piece);
    this.passed += piece.length;
    return piece.length;
  }
}
