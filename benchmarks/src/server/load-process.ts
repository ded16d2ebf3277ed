// Connections that send frames as fast as the server acknowledges them.
import { randomUUID } from 'node:crypto';
import { requirePeer } from '../harness/peers.ts';
import { answerCalls } from '../harness/subject.ts';
import { eventsJson, FRAME_EVENTS } from './frames.ts';

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
let bodies: readonly string[] = [];

/** What is to be sent. */
export interface Load {
  readonly connections: number;
  /** Of all connections. */
  readonly frames: number;
  /** Of all connections; without it each sends the next frame as soon as its window allows. */
  readonly framesPerSecond?: number;
  /** Events in each, default: {@link FRAME_EVENTS}. */
  readonly frameEvents?: number;
}

answerCalls({
  /** @returns milliseconds from when each frame was to be sent to its acknowledgement */
  async send({ connections, frames, framesPerSecond = Infinity, frameEvents = FRAME_EVENTS }: Load) {
    bodies = Array.from({ length: 16 }, (_, index) => eventsJson(index * frameEvents, frameEvents));
    const pauseMillis = (1000 * connections) / framesPerSecond;
    const each = Array.from({ length: connections }, (_, index) =>
      sendFrames(Math.ceil(frames / connections), pauseMillis, (pauseMillis * index) / connections),
    );
    return (await Promise.all(each)).flat();
  },
});

/** At a fixed rate a frame that has to wait for its turn is late from the moment at which it was due. */
function sendFrames(frames: number, pauseMillis: number, delayMillis: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(wsUrl, 'cerberus.batch.v1', {
      headers: { authorization: 'Bearer sk-benchmark' },
      perMessageDeflate: false,
    });
    const sentAt = new Map<number, number>();
    const latencies: number[] = [];
    let seq = 0;
    let begin = NaN;
    let timer: NodeJS.Timeout | undefined;
    const due = (): number => begin + seq * pauseMillis;
    const fill = (): void => {
      const now = performance.now();
      if (Number.isNaN(begin)) begin = now + delayMillis;
      while (seq < frames && sentAt.size < WINDOW) {
        if (due() > now) {
          clearTimeout(timer);
          timer = setTimeout(fill, due() - now);
          return;
        }
        const at = pauseMillis > 0 ? due() : now;
        seq += 1;
        sentAt.set(seq, at);
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
