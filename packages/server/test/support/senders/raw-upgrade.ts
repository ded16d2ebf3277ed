import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** A TCP connection on which tests write what no WebSocket library would; destroyed after the test. */
export interface RawSocket {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly received: () => Buffer;
  readonly closed: Promise<void>;
}

export async function rawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  afterTest(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await within(
    'the TCP connection',
    new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    }),
  );
  return { socket, received: () => Buffer.concat(chunks), closed };
}

/** The text of an upgrade request. */
export function upgradeRequest(path: string, headers: Record<string, string> = {}): string {
  const all = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A client frame with a zero mask, of any opcode, flags and announced length. */
export function clientFrame(firstByte: number, payload: Buffer, announced = payload.length): Buffer {
  // Of a ping, a pong and a close the length is written in one way only (RFC 6455, 5.5).
  if ((firstByte & 0x08) !== 0 && announced <= 125)
    return Buffer.concat([Buffer.from([firstByte, 0x80 | announced, 0, 0, 0, 0]), payload]);
  const head = Buffer.alloc(14);
  head[0] = firstByte;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(announced), 2);
  return Buffer.concat([head, payload]);
}

/** The status code of the close frame at the end of what a server sent, if there is one. */
export function closeCodeIn(received: Buffer): number | undefined {
  const at = received.lastIndexOf(0x88);
  return at === -1 || received.length < at + 4 ? undefined : received.readUInt16BE(at + 2);
}
