import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** A TCP server that answers upgrades by hand, for handshakes and frames that no library would produce; stopped after the test. */
export class RawServer {
  connections = 0;
  /** Everything that clients sent, as latin1. */
  received = '';
  /** Connections on which the client has not hung up. */
  readonly sockets = new Set<Socket>();
  readonly #all = new Set<Socket>();
  readonly #server: Server;

  private constructor(onRequest: (socket: Socket, head: string) => void) {
    // Half-open: a peer that does not hang up because we did.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      this.#all.add(socket);
      let head = '';
      socket.on('error', () => undefined);
      socket.on('end', () => this.sockets.delete(socket));
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('data', (chunk: Buffer) => {
        this.received += chunk.toString('latin1');
        const before = head;
        head += chunk.toString('latin1');
        if (!before.includes('\r\n\r\n') && head.includes('\r\n\r\n')) onRequest(socket, head);
      });
    });
  }

  static async start(onRequest: (socket: Socket, head: string) => void): Promise<RawServer> {
    const server = new RawServer(onRequest);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    afterTest(() => server.stop());
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#all) socket.destroy();
    await closed;
  }
}

/** The answer that accepts the upgrade in `head` (RFC 6455 §4.2.2). */
export function acceptance(head: string, subprotocol?: string): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const selected = subprotocol === undefined ? '' : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${selected}\r\n`;
}

/** An unmasked frame of a server (RFC 6455 §5.2): first byte, payload. */
export function frame(firstByte: number, payload: Buffer): Buffer {
  if (payload.length > 125) throw new Error('short frames only');
  return Buffer.concat([Buffer.from([firstByte, payload.length]), payload]);
}
