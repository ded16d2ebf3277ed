// The endpoint that gives out the key, in every way it can fail: requests are answered and their events leave, without
// an address and never with a raw one, until the endpoint is well again.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { CerberusSpanProcessor, type SdkSpan } from '../../dist/esm/index.js';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { giveKey, startKeyServer, type KeyServer } from '../support/key-server.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan } from '../support/spans.js';

const ADDRESS = '203.0.113.77';
const KEY = 'k'.repeat(32);
const hashOf = (key: string): string => pseudonym(secretKeyOf(key), ADDRESS);

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** Writes until the reader hangs up, and counts. */
function endless(written: { bytes: number }): Answer {
  return (response) => {
    const filler = Buffer.alloc(64 * 1024, 0x20);
    const more = (): void => {
      while (!response.destroyed && written.bytes < 2 ** 30) {
        written.bytes += filler.length;
        if (!response.write(filler)) return void response.once('drain', more);
      }
    };
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(2 ** 30) });
    more();
  };
}

describe('faults of the key endpoint', () => {
  let clock: FakeClock;
  let reporter: RecordingReporter;
  let backend: EventBackend;
  let other: KeyServer;
  let keyServer: KeyServer;
  let exporter: CerberusWsExporter;
  let processor: CerberusSpanProcessor;
  let answer: Answer;
  let spans: SdkSpan[];

  beforeEach(async () => {
    spans = [];
    clock = new FakeClock();
    reporter = new RecordingReporter();
    backend = await startEventBackend();
    other = await startKeyServer((response) =>
      giveKey(response, 'the key of somebody else, who must not be asked'),
    );
    keyServer = await startKeyServer((response, request) => answer(response, request));
    exporter = new CerberusWsExporter(
      { wsUrl: backend.wsUrl, token: 'canary-token', clientId: 'c', flushIntervalMillis: 1 },
      { env: {} },
    );
    processor = new CerberusSpanProcessor(
      { exporter, backendUrl: keyServer.url, token: 'canary-token' },
      { env: {}, clock, reporter },
    );
  });
  afterEach(async () => {
    const closed = processor.shutdown();
    await until(
      'it closes',
      () => clock.waits.every((wait) => wait > 1000) || exporter.stats().state === 'closed',
    );
    clock.advance(1000);
    await closed;
    await Promise.all([backend.close(), keyServer.close(), other.close()]);
  });

  function serve(): void {
    const span = serverSpan({ 'network.peer.address': ADDRESS });
    processor.onStart(span, ROOT_CONTEXT);
    processor.onEnding(span);
    processor.onEnd(span);
    spans.push(span);
  }

  async function sourceIpOf(index: number): Promise<unknown> {
    await until(`event ${index} arrives`, () => backend.events.length > index);
    return backend.events[index]?.['source_ip'];
  }

  async function asked(count: number): Promise<void> {
    await until(`the key is asked for the ${count}. time`, () => keyServer.asked.length === count);
  }

  /** Goes from one due moment to the next, with real time in between for the network. */
  async function timePasses(isOver: () => boolean): Promise<void> {
    for (let moment = 0; !isOver(); moment += 1) {
      expect(moment, 'moments').to.be.below(100);
      clock.advance(clock.waits[0] ?? 0);
      await sleep(50);
    }
  }

  /** Serves requests until one has a pseudonym made with `key`; the others have what `meanwhile` allows. */
  async function untilHashedWith(key: string, meanwhile: readonly unknown[]): Promise<void> {
    for (let last: unknown; last !== hashOf(key);) {
      const before = keyServer.asked.length;
      await timePasses(() => keyServer.asked.length > before);
      const index = backend.events.length;
      serve();
      last = await sourceIpOf(index);
      expect(last).to.be.oneOf([...meanwhile, hashOf(key)]);
    }
  }

  const faults: Record<string, Answer> = {
    'never answers': () => undefined,
    'says 500': (response) => void response.writeHead(500).end(`{"secret_key":"${KEY}"}`),
    'says 401': (response) => void response.writeHead(401).end(),
    'gives a key that is a number': (response) => giveKey(response, 7),
    'gives an empty key': (response) => giveKey(response, ''),
    'gives a page instead': (response) =>
      void response.setHeader('content-type', 'text/html').end('<html>Sign in</html>'),
    'gives a body of 1 GiB': endless({ bytes: 0 }),
    'gives its body a byte at a time': (response) => {
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    },
    'redirects to this machine': (response) =>
      void response.writeHead(302, { location: `${other.url}/api/secret-key` }).end(),
    'hangs up': (_response, request) => void request.socket.destroy(),
    'answers with what is not HTTP': (_response, request) => void request.socket.end('SSH-2.0-x\r\n'),
  };
  for (const [fault, plant] of Object.entries(faults)) {
    it(`F38 key endpoint that ${fault}: no address, never a raw one, and pseudonyms once it is well`, async () => {
      answer = plant;
      serve();
      await asked(1);
      expect(processor.stats().waitingForKey).to.equal(1);
      clock.advance(5000);
      expect(await sourceIpOf(0)).to.equal(null);
      serve();
      expect(await sourceIpOf(1)).to.equal(null);
      answer = (response) => giveKey(response, KEY);
      await untilHashedWith(KEY, [null]);
      const everything = backend.text.join('\n') + JSON.stringify(reporter);
      expect(everything).to.not.include(ADDRESS);
      for (const { attributes } of spans) expect(attributes['cerberus.source_ip']).to.not.equal(ADDRESS);
      expect(JSON.stringify(reporter)).to.not.match(/canary|127\.0\.0\.1/);
      expect(other.asked).to.deep.equal([]);
      expect(processor.stats()).to.include({ hookFailures: 0, refused: 0 });
    });
  }

  it('F38 key endpoint that gives a body of 1 GiB: it is hung up on at once, with most of it unwritten', async () => {
    const written = { bytes: 0 };
    let hungUp = false;
    answer = (response, request) => {
      response.on('close', () => (hungUp = true));
      endless(written)(response, request);
    };
    serve();
    await until('it hangs up, without any time passing', () => hungUp);
    // What socket buffers hold is on its way before 16 KiB are read.
    expect(written.bytes).to.be.below(64 * 2 ** 20);
  });

  it('F38 key endpoint that gives a key of another type than JSON: it is taken for what it is', async () => {
    answer = (response) =>
      void response.setHeader('content-type', 'text/plain').end(JSON.stringify({ secret_key: KEY }));
    serve();
    expect(await sourceIpOf(0)).to.equal(hashOf(KEY));
  });

  for (const fault of ['says 500', 'gives an empty key', 'gives a page instead', 'never answers'] as const) {
    it(`F38 key endpoint that ${fault} after a key: the old key stays in use until there is a valid new one`, async () => {
      answer = (response) => giveKey(response, KEY);
      serve();
      expect(await sourceIpOf(0)).to.equal(hashOf(KEY));
      answer = faults[fault] as Answer;
      await timePasses(() => keyServer.asked.length > 1);
      serve();
      expect(await sourceIpOf(1)).to.equal(hashOf(KEY));
      const rotated = 'r'.repeat(32);
      answer = (response) => giveKey(response, rotated);
      await untilHashedWith(rotated, [hashOf(KEY)]);
      expect(processor.stats()).to.include({ waitingForKey: 0, refused: 0 });
    });
  }
});
