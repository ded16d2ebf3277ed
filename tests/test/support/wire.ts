import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** What one connection of the application sent: the head of its request, and the messages after an upgrade. */
export interface Sent {
  readonly head: string;
  readonly messages: readonly string[];
  /** Everything else: bodies, and bytes that are no WebSocket frame. */
  readonly rest: string;
}

/** A TCP proxy in front of a server that keeps every byte that goes to it; closed after the test. */
export class Wire {
  readonly #server: Server;
  readonly #connections: Buffer[][] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(target: number) {
    this.#server = createServer((client) => {
      const chunks: Buffer[] = [];
      this.#connections.push(chunks);
      const upstream = connect(target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
      }
      client.on('data', (chunk) => chunks.push(chunk));
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
  }

  static async before(target: number): Promise<Wire> {
    const wire = new Wire(target);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    afterTest(() => wire.close());
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What was sent so far, a connection each. */
  get sent(): Sent[] {
    return this.#connections.map((chunks) => takeApart(Buffer.concat(chunks)));
  }

  /** Every byte as it was, WebSocket payloads still masked. */
  get raw(): string {
    return this.#connections.map((chunks) => Buffer.concat(chunks).toString('latin1')).join('\n');
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function takeApart(bytes: Buffer): Sent {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return { head: '', messages: [], rest: bytes.toString('latin1') };
  const head = bytes.subarray(0, end).toString('latin1');
  const rest = bytes.subarray(end + 4);
  if (!/^upgrade: websocket$/im.test(head)) return { head, messages: [], rest: rest.toString('latin1') };
  return { head, ...framesOf(rest) };
}

/** Unmasks the frames of a client (RFC 6455, 5.2); the exporter sends none in fragments. */
function framesOf(bytes: Buffer): { messages: string[]; rest: string } {
  const messages: string[] = [];
  let rest = '';
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const opcode = (bytes[offset] ?? 0) & 0x0f;
    let length = (bytes[offset + 1] ?? 0) & 0x7f;
    let start = offset + 2;
    if (length === 126) {
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(start));
      start += 8;
    }
    const mask = bytes.subarray(start, start + 4);
    const payload = Buffer.from(bytes.subarray(start + 4, start + 4 + length));
    for (let index = 0; index < payload.length; index += 1) {
      payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
    }
    if (opcode === 1) messages.push(payload.toString());
    else if (opcode === 2) messages.push(gunzipSync(payload).toString());
    else rest += payload.toString('latin1');
    offset = start + 4 + length;
  }
  return { messages, rest };
}
