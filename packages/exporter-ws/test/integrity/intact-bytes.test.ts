// The memory of queued events and of frames on their way is used again. Each event arrives as it was all the same: when
// acknowledgements lag, connections break, and the socket is a stream that passes on the very bytes it was given.
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { quickExporter } from '../support/exporters.js';
import { ScriptedServer } from '../support/scripted-server.js';
import { serverSpan } from '../support/spans.js';

const EVENTS = 20_000;
const ROUND = 500;

/** A frame whose events all say twice, in different places, which one they are. */
function expectIntact(events: readonly unknown[], seen: Set<number>): void {
  for (const event of events as { endpoint: string; custom_data: { number: number; text: string } }[]) {
    const { number, text } = event.custom_data;
    expect(event.endpoint).to.equal(`/${number}`);
    expect(text).to.equal(`${number}:`.padEnd(20 + (number % 300), 'é'));
    seen.add(number);
  }
}

function span(number: number): ReturnType<typeof serverSpan> {
  return serverSpan({
    'url.path': `/${number}`,
    'cerberus.metric.number': number,
    'cerberus.metric.text': `${number}:`.padEnd(20 + (number % 300), 'é'),
  });
}

/** A batch-mode server that looks into each frame, acknowledges some turns later, and hangs up now and then. */
async function startServer(seen: Set<number>, hangUpEvery: number): Promise<ScriptedServer> {
  let frames = 0;
  return ScriptedServer.start({
    selects: () => 'cerberus.batch.v1',
    onMessage: (message, socket) => {
      if (message['type'] === 'hello') {
        socket.send('{"type":"welcome","last_seq":0}');
        return;
      }
      frames += 1;
      if (frames % hangUpEvery === 0) {
        socket.terminate();
        return;
      }
      expectIntact(message['events'] as unknown[], seen);
      setTimeout(() => socket.send(JSON.stringify({ type: 'ack', seq: message['seq'] })), frames % 5);
    },
  });
}

async function sendAll(exporter: ReturnType<typeof quickExporter>): Promise<void> {
  for (let number = 0; number < EVENTS; number += ROUND) {
    exporter.export(
      Array.from({ length: ROUND }, (_, index) => span(number + index)),
      () => undefined,
    );
    // Now the queue is empty and its memory free, now it is not.
    if (number % (4 * ROUND) === 0) await exporter.forceFlush();
    else await new Promise(setImmediate);
  }
  await exporter.forceFlush();
}

/** Says at once that it took what it was given, and hands the same bytes on a little later. */
class LateStream extends Duplex {
  readonly #inner: Socket;

  constructor(inner: Socket) {
    super();
    this.#inner = inner;
    inner.on('data', (bytes) => this.push(bytes));
    inner.on('close', () => this.destroy());
    inner.on('error', () => this.destroy());
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    setTimeout(() => this.#inner.write(bytes), 5);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }

  setNoDelay(): void {}
  setTimeout(): void {}
  setKeepAlive(): void {}
  ref(): void {}
  unref(): void {}
}

describe('intact bytes', function () {
  this.timeout(30_000);
  it('arrive while acknowledgements lag and connections break', async () => {
    const seen = new Set<number>();
    const server = await startServer(seen, 13);
    const exporter = quickExporter(server.url, { maxBatchEvents: 100 });
    await sendAll(exporter);
    expect(seen.size).to.equal(EVENTS);
    expect(exporter.stats().reconnects).to.be.above(5);
  });

  it('arrive through an agent whose stream passes on the bytes it was given', async () => {
    const seen = new Set<number>();
    const server = await startServer(seen, Infinity);
    const agent = new Agent();
    agent.createConnection = (_options, _callback) => new LateStream(connect(server.port, '127.0.0.1'));
    const exporter = quickExporter(server.url, { maxBatchEvents: 100, agent });
    await sendAll(exporter);
    expect(seen.size).to.equal(EVENTS);
  });
});
