import { expect } from 'chai';
import { until } from '@cerberus-otel/test-support/deadline';
import { AGENT } from '../dist/esm/observe/version.js';
import { closeExporters, quickExporter, TOKEN } from './support/exporters.js';
import { BatchBackend, ScriptedServer, type Script } from './support/scripted-server.js';
import { numberedSpans } from './support/spans.js';

let server: ScriptedServer;
let backend: BatchBackend;
async function serve(script: Script = {}): Promise<string> {
  server = await ScriptedServer.start({ ...backend.script(), ...script });
  return server.url;
}
const paths = (): unknown[] => backend.stored.map((event) => event['endpoint']);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);
const frames = (): Record<string, unknown>[] => server.messages.filter(({ type }) => type === 'events');
const ignore = (): void => undefined;

describe('batch mode', () => {
  beforeEach(() => {
    backend = new BatchBackend();
  });
  afterEach(async () => {
    await closeExporters();
    await server.stop();
  });

  it('says hello, waits for the welcome and numbers its frames from 1', async () => {
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(25), ignore);
    await exporter.forceFlush();
    expect(server.messages[0]).to.include({
      type: 'hello',
      client_id: 'shop',
      agent: AGENT,
    });
    expect(server.messages[0]?.['producer']).to.match(/^[0-9a-f-]{36}$/);
    expect(frames().map(({ seq, events }) => [seq, (events as unknown[]).length])).to.deep.equal([
      [1, 10],
      [2, 10],
      [3, 5],
    ]);
    expect(exporter.stats()).to.include({ mode: 'batch', acked: 25, state: 'ready' });
  });

  it('sends events without credentials', async () => {
    const exporter = quickExporter(await serve());
    exporter.export(numberedSpans(3), ignore);
    await exporter.forceFlush();
    expect(server.texts.join()).to.not.include(TOKEN).and.not.include('api_key');
    expect(backend.stored[0]).to.not.have.any.keys('api_key', 'token', 'client_id');
  });

  it('counts the refused events of a nack and delivers the others', async () => {
    backend.onFrame = (seq, _events, socket) => {
      if (seq !== 2) return true;
      socket.send(JSON.stringify({ type: 'nack', seq, code: 'invalid', rejected: [0, 3, 3, 99] }));
      return true;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(30), ignore);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 28, rejected: 2 });
  });

  it('waits as long as a throttle says and then sends from there on, in order', async () => {
    let throttledAt = 0;
    let waited = 0;
    backend.onFrame = (seq, _events, socket) => {
      if (seq !== 2) return true;
      waited = throttledAt === 0 ? 0 : performance.now() - throttledAt;
      if (waited > 0) return true;
      throttledAt = performance.now();
      socket.send(JSON.stringify({ type: 'nack', seq, code: 'throttle', retry_after_millis: 150 }));
      return false;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(60), ignore);
    await exporter.forceFlush();
    expect(waited).to.be.at.least(149);
    expect(paths()).to.deep.equal(numbered(60));
    expect(server.connections).to.equal(1);
  });

  it('sends a frame again that a later server refuses for a reason that it does not know', async () => {
    let refused = 0;
    backend.onFrame = (seq, _events, socket) => {
      if (seq !== 2 || refused > 0) return true;
      refused += 1;
      socket.send(JSON.stringify({ type: 'nack', seq, code: 'quota', retry_after_millis: 100, of: 'day' }));
      return false;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10, ackTimeoutMillis: 60_000 });
    exporter.export(numberedSpans(60), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(60));
    expect([refused, server.connections]).to.deep.equal([1, 1]);
    expect(exporter.stats()).to.include({ acked: 60, rejected: 0 });
  });

  it('keeps within the window that the server names', async () => {
    let unanswered = 0;
    let most = 0;
    backend.welcome = { max_in_flight: 2 };
    backend.silent = true;
    backend.onFrame = (seq, _events, socket) => {
      unanswered += 1;
      most = Math.max(most, unanswered);
      setTimeout(() => {
        unanswered -= 1;
        socket.send(JSON.stringify({ type: 'ack', seq }));
      }, 10);
      return true;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 5 });
    exporter.export(numberedSpans(50), ignore);
    await exporter.forceFlush();
    expect(most).to.equal(2);
    expect(paths()).to.deep.equal(numbered(50));
  });

  it('keeps frames below the size that the server names, after a reconnect too', async () => {
    backend.onFrame = (_seq, _events, socket) => {
      // The next server, as it were, takes less.
      backend.welcome = { max_frame_bytes: 65_536 };
      backend.onFrame = () => true;
      socket.terminate();
      return false;
    };
    const exporter = quickExporter(await serve());
    exporter.export(numberedSpans(1_500), ignore);
    await exporter.forceFlush();
    const sizes = server.texts
      .filter((text) => text.includes('"events"'))
      .map((text) => Buffer.byteLength(text));
    expect(Math.max(...sizes)).to.be.above(65_536);
    expect(Math.max(...sizes.slice(sizes.length - 4))).to.be.at.most(65_536);
    expect(paths()).to.deep.equal(numbered(1_500));
  });

  it('starts over as a new producer when the server knows frames that were never sent', async () => {
    backend.onHello = (producer) => {
      if (backend.producers.length === 0) backend.lastSeq.set(producer, 900);
    };
    await serve();
    const exporter = quickExporter(server.url, { maxBatchEvents: 10 });
    exporter.export(numberedSpans(25), ignore);
    await exporter.forceFlush();
    expect(new Set(backend.producers).size).to.equal(2);
    expect(server.connections).to.equal(1);
    expect(frames().map(({ seq }) => seq)).to.deep.equal([1, 2, 3]);
    expect(paths()).to.deep.equal(numbered(25));
  });

  it('does not forget anything because of acknowledgements for what was not sent', async () => {
    backend.onFrame = (seq, _events, socket) => {
      for (const text of [
        'null',
        '[[[',
        '{"type":"ack","seq":99}',
        '{"type":"ack","seq":9007199254740992}',
        '{"type":"nack","seq":77,"code":"invalid","rejected":[0]}',
        '{"type":"welcome","last_seq":5}',
      ])
        socket.send(text);
      return seq > 0;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(30), ignore);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 30, rejected: 0 });
    expect(exporter.stats().unexpectedMessages).to.be.at.least(6);
    expect(paths()).to.deep.equal(numbered(30));
  });

  it('drops a connection without acknowledgements and delivers over the next', async () => {
    let first = true;
    backend.onFrame = () => {
      const store = !first;
      first = false;
      return store;
    };
    const exporter = quickExporter(await serve());
    exporter.export(numberedSpans(5), ignore);
    await exporter.forceFlush();
    expect(server.connections).to.equal(2);
    expect(paths()).to.deep.equal(numbered(5));
  });

  it('never falls back to event mode with protocol batch', async () => {
    const url = await serve({ selects: () => false });
    const exporter = quickExporter(url, { protocol: 'batch' });
    exporter.export(numberedSpans(1), ignore);
    await until('a suspended exporter', () => exporter.stats().state === 'suspended');
    expect(server.upgrades).to.have.length(1);
    expect(exporter.stats()).to.include({ queued: 1, mode: null });
  });

  it('sends compressed frames in order, as binary messages', async () => {
    const exporter = quickExporter(await serve(), { compression: 'gzip', maxBatchEvents: 20 });
    exporter.export(numberedSpans(400), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(400));
    const text = server.texts.reduce((sum, each) => sum + each.length, 0);
    expect(server.bytesReceived * 2).to.be.below(text);
  });
});
