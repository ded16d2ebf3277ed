import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** What the link between a client and a server does to their bytes. */
export type LinkState =
  /** Passes everything. */
  | 'pass'
  /** Takes everything and passes nothing, in neither direction: a dead link that looks open. */
  | 'blackhole'
  /** Passes what the client sends; what the server sends is lost. */
  | 'drop-down'
  /** Reads nothing from the client: the kernel's buffers fill up. */
  | 'stall'
  /** Takes everything, and passes what the client sends at 20,000 bytes a second. */
  | 'slow'
  /** Flips one bit of the next chunk that the client sends, then passes. */
  | 'corrupt';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Bytes were lost on their way up or down, so nothing passes there any more: TCP never goes on behind a gap. */
  /** What the client sent and a slow link has not passed. */
  readonly waiting: Buffer[];
  lostUp: boolean;
  lostDown: boolean;
}

const SLOW_TICK_MILLIS = 5;
const SLOW_BYTES = 100;

/** A TCP proxy that misbehaves on command, for links that exist and those that are yet to come; stopped after the test. */
export class FaultProxy {
  connections = 0;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #state: LinkState = 'pass';
  #refusing = false;
  #slowTimer: NodeJS.Timeout | undefined;

  private constructor(targetPort: () => number) {
    this.#server = createServer((client) => {
      if (this.#refusing) client.resetAndDestroy();
      else this.#link(client, connect(targetPort(), '127.0.0.1'));
    });
  }

  /** @param targetPort asked at each connection, so that the server may move */
  static async start(targetPort: () => number): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    afterTest(() => proxy.stop());
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Links that are open now. */
  get open(): number {
    return this.#links.size;
  }

  set(state: LinkState): void {
    this.#state = state;
    for (const { client } of this.#links) {
      if (state === 'stall') client.pause();
      else client.resume();
    }
  }

  /** Resets connections as they come in; those that exist stay. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Ends every link with a TCP reset. */
  reset(): void {
    for (const { client, server } of this.#links) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Ends every link with a FIN, without a WebSocket goodbye. */
  end(): void {
    for (const { client, server } of this.#links) {
      client.end();
      server.destroy();
    }
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    clearInterval(this.#slowTimer);
    this.#server.close();
    this.reset();
    await closed;
  }

  #link(client: Socket, server: Socket): void {
    const link: Link = { client, server, waiting: [], lostUp: false, lostDown: false };
    this.connections += 1;
    this.#links.add(link);
    client.on('data', (chunk: Buffer) => this.#up(link, chunk));
    server.on('data', (chunk: Buffer) => {
      if (this.#state === 'blackhole' || this.#state === 'drop-down') link.lostDown = true;
      if (!link.lostDown && !client.destroyed) client.write(chunk);
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
    if (this.#state === 'stall') client.pause();
  }

  #up(link: Link, chunk: Buffer): void {
    if (this.#state === 'blackhole') link.lostUp = true;
    if (link.lostUp || link.server.destroyed) return;
    if (this.#state === 'corrupt') {
      this.#state = 'pass';
      const middle = chunk.length >> 1;
      chunk.writeUInt8(chunk.readUInt8(middle) ^ 0x10, middle);
    }
    if (this.#state !== 'slow' && link.waiting.length === 0) {
      link.server.write(chunk);
      return;
    }
    link.waiting.push(chunk);
    this.#slowTimer ??= setInterval(() => this.#passSlowly(), SLOW_TICK_MILLIS);
  }

  #passSlowly(): void {
    const links = [...this.#links].filter(({ waiting }) => waiting.length > 0);
    for (const { server, waiting, lostUp } of links) {
      const [first = Buffer.alloc(0), ...others] = waiting.splice(0);
      const isSlow = this.#state === 'slow';
      const piece = isSlow ? first.subarray(0, SLOW_BYTES) : Buffer.concat([first, ...others]);
      const rest = isSlow ? [first.subarray(piece.length), ...others] : [];
      if (lostUp || server.destroyed) continue;
      server.write(piece);
      waiting.push(...rest.filter(({ length }) => length > 0));
    }
    if (links.length > 0) return;
    clearInterval(this.#slowTimer);
    this.#slowTimer = undefined;
  }
}
