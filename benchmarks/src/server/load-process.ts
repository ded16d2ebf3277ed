// Connections that send frames as fast as the server acknowledges them.
import { randomUUID } from 'node:crypto';
import { requirePeer } from '../harness/peers.ts';
import { answerCalls } from '../harness/subject.ts';
import { FRAME_EVENTS, frameEvents } from './frames.ts';

interface Socket {
  on(event: 'open' | 'message' | 'close', listener: (data: Buffer) => void): void;
  send(text: string): void;
  terminate(): void;
}

interface Ws {
  readonly WebSocket: new (url: string, protocol: string, options: object) => Socket;
}

interface Message {
  readonly type: string;
  readonly seq?: number;
  readonly code?: string;
}

/** Frames on the way per connection, as the exporter's `maxInFlightFrames`. */
const WINDOW = 8;

const { WebSocket } = requirePeer<Ws>('otel', 'ws');
const [wsUrl] = process.argv.slice(2) as [string];
/** Made once: the same events come again and again, which a server without a look at them does not notice. */
const bodies = Array.from({ length: 16 }, (_, index) => frameEvents(index * FRAME_EVENTS));

answerCalls({
  /** @returns milliseconds from each frame to its acknowledgement */
  async send({ connections, frames }: { readonly connections: number; readonly frames: number }) {
    const each = Array.from({ length: connections }, () => sendFrames(Math.ceil(frames / connections)));
    return (await Promise.all(each)).flat();
  },
});

function sendFrames(frames: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(wsUrl, 'cerberus.batch.v1', {
      headers: { authorization: 'Bearer sk-benchmark' },
      perMessageDeflate: false,
    });
    const sentAt = new Map<number, number>();
    const latencies: number[] = [];
    let seq = 0;
    const fill = (): void => {
      while (seq < frames && sentAt.size < WINDOW) {
        seq += 1;
        sentAt.set(seq, performance.now());
        socket.send(`{"type":"events","seq":${seq},"events":${bodies[seq % bodies.length]}}`);
      }
    };
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'hello',
          client_id: 'benchmark',
          producer: randomUUID(),
          agent: 'benchmark/1',
        }),
      ),
    );
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as Message;
      if (message.type === 'nack') reject(new Error(`the server refused a frame: ${message.code}`));
      for (const [sent, at] of sentAt) {
        if (sent > (message.seq ?? 0)) break;
        latencies.push(performance.now() - at);
        sentAt.delete(sent);
      }
      fill();
      if (latencies.length < frames) return;
      resolve(latencies);
      socket.terminate();
    });
  });
}
