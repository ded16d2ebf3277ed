import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from '@cerberus-otel/test-support/disposal';

interface Chunk {
  readonly bytes: Buffer;
  /** When it may leave, as `performance.now()` counts. */
  readonly due: number;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly waiting: Chunk[];
  /** What the server said and the client has not heard. */
  readonly answers: Chunk[];
  /** The client will send no more. */
  ended: boolean;
}

const PIECE_BYTES = 512;
const TICK_MILLIS = 5;

/**
 * A TCP proxy whose links share one slow uplink, in turns; what a server says comes at any rate. It takes what it is given, as the
 * buffers in front of a slow line do, until its client resets the link. Stopped after the test.
 */
export class SlowLine {
  /** Of the uplink; Infinity: as fast as it goes. */
  bytesPerSecond: number;
  /** How long a byte is on its way, up as well as down, milliseconds. */
  delayMillis = 0;
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
    const link: Link = { client, server, waiting: [], answers: [], ended: false };
    this.connections += 1;
    this.#links.add(link);
    client.on('data', (bytes: Buffer) => {
      link.waiting.push({ bytes, due: performance.now() + this.delayMillis });
      if (this.bytesPerSecond === Infinity && this.delayMillis === 0) this.#passAll(link);
    });
    client.on('end', () => void (link.ended = true));
    server.on('data', (bytes: Buffer) => {
      link.answers.push({ bytes, due: performance.now() + this.delayMillis });
      // A client that has gone answers with a reset, which Node does not see behind an end.
      if (link.ended) close();
      else if (this.delayMillis === 0) answer(link);
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
    server.on('end', () => {
      for (const { bytes } of link.answers.splice(0)) client.write(bytes);
      client.end();
    });
  }

  async #run(): Promise<void> {
    let credit = 0;
    for (let last = performance.now(); !this.#stopped; await sleep(TICK_MILLIS)) {
      const now = performance.now();
      for (const link of this.#links) answer(link);
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

  #passAll(link: Link): void {
    while (this.#pass(link) > 0);
  }

  /** @returns bytes */
  #pass(link: Link): number {
    const [first] = link.waiting;
    if (first === undefined) {
      if (link.ended) link.server.end();
      return 0;
    }
    if (first.due > performance.now()) return 0;
    const { bytes, due } = first;
    const piece = bytes.subarray(0, this.bytesPerSecond === Infinity ? bytes.length : PIECE_BYTES);
    if (piece.length === bytes.length) link.waiting.shift();
    else link.waiting[0] = { bytes: bytes.subarray(piece.length), due };
    if (!link.server.destroyed) link.server.write(piece);
    this.passed += piece.length;
    return piece.length;
  }
}

/** Passes on what the server said so long ago that it is there. */
function answer({ client, answers }: Link): void {
  const now = performance.now();
  for (let first = answers[0]; first !== undefined && first.due <= now; first = answers[0]) {
    answers.shift();
    if (!client.destroyed) client.write(first.bytes);
  }
}
