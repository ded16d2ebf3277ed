import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { WebSocketServer, type WebSocket } from 'ws';
import { clientFrames } from '../../dist/esm/transport/client-frames.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const fresh = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);

/** Frames of messages that are in one piece. */
function framesOf(messages: readonly Uint8Array[], kind: 'text' | 'binary'): Buffer {
  return clientFrames(
    messages.map((message) => [message]),
    kind,
    fresh,
  ).frames;
}

/** The masks in a run of frames whose payloads are shorter than 126 bytes. */
function masksOf(frames: Buffer, count: number): string[] {
  const masks: string[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    masks.push(frames.toString('hex', offset + 2, offset + 6));
    offset += 6 + ((frames[offset + 1] ?? 0) & 0x7f);
  }
  return masks;
}

describe('client frames', () => {
  /** ws's own receiver is the judge: it refuses what RFC 6455 forbids. */
  let server: WebSocketServer;
  let port: number;

  before(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  after(() => server.close());

  /** What a server makes of `bytes` that come after the handshake. */
  async function received(bytes: Buffer, count: number): Promise<{ data: string; isBinary: boolean }[]> {
    const connected = once(server, 'connection') as Promise<[WebSocket]>;
    const socket = connect(port, '127.0.0.1');
    afterTest(() => socket.destroy());
    socket.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [client] = await connected;
    const messages: { data: string; isBinary: boolean }[] = [];
    const all = new Promise<void>((resolve, reject) => {
      client.on('error', reject);
      client.on('message', (data, isBinary) => {
        messages.push({ data: (data as Buffer).toString('latin1'), isBinary });
        if (messages.length === count) resolve();
      });
    });
    socket.write(bytes);
    await all;
    socket.destroy();
    return messages;
  }

  it('arrive as the messages that they were, of every length and alignment', async () => {
    const lengths = [
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 124, 125, 126, 127, 128, 65_535, 65_536, 65_537, 300_001, 1, 2, 3,
    ];
    const messages = lengths.map((length, index) => Buffer.alloc(length, `m${index}`));
    const arrived = await received(framesOf(messages, 'text'), messages.length);
    expect(arrived.map(({ data }) => data)).to.deep.equal(messages.map((each) => each.toString('latin1')));
    expect(arrived.every(({ isBinary }) => !isBinary)).to.equal(true);
  });

  it('carry any bytes in binary messages', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 20 }), async (messages) => {
        const arrived = await received(framesOf(messages, 'binary'), messages.length);
        expect(arrived).to.deep.equal(
          messages.map((each) => ({ data: each.toString('latin1'), isBinary: true })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('put together what a message is made of', async () => {
    const pieces = ['{"a":', '', '[', 'x'.repeat(300), ',', 'é', ']', '}'].map((text) => Buffer.from(text));
    const arrived = await received(clientFrames([pieces, [], pieces], 'text', fresh).frames, 3);
    const whole = Buffer.concat(pieces).toString('latin1');
    expect(arrived.map(({ data }) => data)).to.deep.equal([whole, '', whole]);
  });

  it('are right in memory that is full of something else', async () => {
    const used = (bytes: number): ArrayBuffer => new Uint8Array(bytes + 4096).fill(0xa5).buffer;
    const messages = [1, 130, 70_000, 2].map((length) => [Buffer.alloc(length, 'm')]);
    const arrived = await received(clientFrames(messages, 'text', used).frames, messages.length);
    expect(arrived.map(({ data }) => data)).to.deep.equal(messages.map(String));
  });

  it('have a fresh mask each', () => {
    const count = 5000;
    const frames = framesOf(
      Array.from({ length: count }, () => Buffer.from('the same')),
      'text',
    );
    // 5,000 of 2^32: two that are equal by chance are seen once in 340 runs, two pairs in 200,000.
    expect(new Set(masksOf(frames, count)).size).to.be.at.least(count - 1);
  });

  it('leave the messages as they were', () => {
    const message = Buffer.from('unchanged');
    framesOf([message], 'text');
    expect(message.toString()).to.equal('unchanged');
  });
});
