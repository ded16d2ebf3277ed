import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { hurryAll } from '@cerberus-otel/exporter-ws/internal';
import {
  CerberusSpanProcessor,
  setUserId,
  shutdown,
  type CerberusSpanProcessorOptions,
} from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { listen, send, type TestServer } from '../support/http-server.js';
import { giveKey, startKeyServer, type KeyServer } from '../support/key-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { startTracing, type Tracing } from '../support/tracing.js';

const KEY = 'k'.repeat(32);
/** The backend runs in this process too, so its requests are seen. */
const KEY_PATH = ['/api/secret-key'];
const hashOf = (text: string): string => pseudonym(secretKeyOf(KEY), text);

describe('while the key is being fetched', () => {
  let clock: FakeClock;
  let exporter: RecordingExporter;
  let reporter: RecordingReporter;
  let processor: CerberusSpanProcessor;
  let tracing: Tracing;
  let server: TestServer;
  let keyServer: KeyServer;
  let pending: ServerResponse[];

  async function start(
    options: CerberusSpanProcessorOptions = {},
    answer = (response: ServerResponse): void => void pending.push(response),
  ): Promise<void> {
    pending = [];
    clock = new FakeClock();
    exporter = new RecordingExporter();
    reporter = new RecordingReporter();
    keyServer = await startKeyServer(answer);
    processor = new CerberusSpanProcessor(
      { exporter, backendUrl: keyServer.url, token: 'canary-token', ignorePaths: KEY_PATH, ...options },
      { env: {}, clock, reporter },
    );
    tracing = startTracing({ processors: [processor] });
    server = await listen((request, response) => {
      if (request.url === '/user') setUserId('alice');
      response.end();
    });
  }

  async function waiting(count: number): Promise<void> {
    await until(`${count} spans wait`, () => processor.stats().waitingForKey === count);
  }

  /** As long as a shutdown gives the last responses to close. */
  function inputRead(): Promise<void> {
    return new Promise((resolve) => {
      clock.afterInput(() => setImmediate(resolve));
    });
  }

  afterEach(async () => {
    await keyServer.close();
    await server.close();
    await tracing.stop();
  });

  it('asks for the key with the first span, not before, and makes no span of that', async () => {
    await start();
    expect([keyServer.asked.length, clock.waits.length]).to.deep.equal([0, 0]);
    await send(server.port);
    await send(server.port);
    await until('the key is asked for', () => keyServer.asked.length === 1);
    expect(keyServer.asked).to.deep.equal([
      { path: '/api/secret-key', authorization: 'Bearer canary-token', traceparent: '' },
    ]);
    await waiting(2);
  });

  it('keeps what ends and hashes it from our own copy of the address when the key comes', async () => {
    await start();
    await send(server.port, { target: '/user' });
    await send(server.port);
    await waiting(2);
    expect(exporter.requests).to.deep.equal([]);
    giveKey(pending[0] as ServerResponse, KEY);
    expect(await exporter.request(1)).to.include({ 'cerberus.source_ip': hashOf('127.0.0.1') });
    expect(exporter.requests[0]).to.include({
      'cerberus.source_ip': hashOf('127.0.0.1'),
      'cerberus.user_id': hashOf('alice'),
    });
    expect(processor.stats()).to.include({ handedOver: 2, waitingForKey: 0 });
    await send(server.port);
    expect(await exporter.request(2)).to.include({ 'cerberus.source_ip': hashOf('127.0.0.1') });
  });

  it('lets everything go without an address after 5 s, never with a raw one', async () => {
    await start();
    await send(server.port, { target: '/user' });
    await waiting(1);
    clock.advance(5000);
    const request = await exporter.request();
    expect(request).to.not.have.any.keys('cerberus.source_ip', 'cerberus.user_id');
    await send(server.port);
    expect(await exporter.request(1)).to.not.have.property('cerberus.source_ip');
    expect(processor.stats()).to.include({ handedOver: 2, waitingForKey: 0 });
  });

  it('keeps no more than 1,000', async () => {
    await start();
    const requests = Array.from({ length: 1005 }, () => () => send(server.port));
    for (let index = 0; index < requests.length; index += 50) {
      await Promise.all(requests.slice(index, index + 50).map((request) => request()));
    }
    await waiting(1000);
    await until('the others are handed over', () => exporter.requests.length === 5);
    expect(exporter.requests[0]).to.not.have.property('cerberus.source_ip');
    giveKey(pending[0] as ServerResponse, KEY);
    await until('those that waited are handed over', () => exporter.requests.length === 1005);
    expect(exporter.requests[1004]).to.include({ 'cerberus.source_ip': hashOf('127.0.0.1') });
  });

  it('lets nothing wait that needs no key', async () => {
    await start({ sourceIp: 'omit' });
    await send(server.port);
    await exporter.request();
    await send(server.port, { target: '/user' });
    await waiting(1);
  });

  it('gives a fetch that is under way one more second at a flush', async () => {
    await start();
    await send(server.port);
    await waiting(1);
    const flushed = processor.forceFlush();
    giveKey(pending[0] as ServerResponse, KEY);
    await flushed;
    expect(exporter.requests[0]).to.include({ 'cerberus.source_ip': hashOf('127.0.0.1') });
    expect(exporter.flushes).to.equal(1);
  });

  it('gives it a second when all of Cerberus is shut down, too, as at the end of a process', async () => {
    await start();
    await send(server.port);
    await waiting(1);
    const ended = shutdown();
    await inputRead();
    giveKey(pending[0] as ServerResponse, KEY);
    await ended;
    expect(exporter.requests).to.have.length(1);
    expect(exporter.requests[0]).to.include({ 'cerberus.source_ip': hashOf('127.0.0.1') });
  });

  it('hands everything over when the process may end in this turn', async () => {
    await start();
    await send(server.port);
    await waiting(1);
    hurryAll();
    expect(exporter.requests).to.deep.equal([]);
    hurryAll(true);
    expect(exporter.requests).to.have.length(1);
  });

  for (const end of ['forceFlush', 'shutdown'] as const) {
    it(`lets everything go at ${end} when the key does not come`, async () => {
      await start();
      await send(server.port);
      await waiting(1);
      const ended = processor[end]();
      await inputRead();
      clock.advance(1000);
      await ended;
      expect(exporter.requests).to.have.length(1);
      expect(exporter.requests[0]).to.not.have.property('cerberus.source_ip');
      expect(processor.stats().waitingForKey).to.equal(0);
    });
  }

  it('leaves no timer behind at shutdown', async () => {
    await start();
    await send(server.port);
    await waiting(1);
    const ended = processor.shutdown();
    await inputRead();
    clock.advance(1000);
    await ended;
    expect(clock.waits).to.deep.equal([]);
  });

  it('waits for nobody when the backend refuses for 5 s, and reports it once, without the token', async () => {
    await start({}, (response) => void response.writeHead(401).end());
    await send(server.port);
    await waiting(1);
    await until('it is reported', () => reporter.codes.length === 1);
    clock.advance(5000);
    expect(await exporter.request()).to.not.have.property('cerberus.source_ip');
    expect(reporter.codes).to.deep.equal(['CERBERUS_CREDENTIALS_REFUSED']);
    expect(JSON.stringify(reporter)).to.not.include('canary');
  });

  it('makes nothing wait without an exporter: the span goes on to others at once', async () => {
    await start({ exporter: undefined });
    await send(server.port);
    await until('the span ended', () => processor.stats().seen > 0);
    expect(processor.stats().waitingForKey).to.equal(0);
  });
});
