// In batch mode a frame keeps its number however often it is sent, so a server stores it once; in event mode a repetition
// can be told by its trace and span.
import { expect } from 'chai';
import { closeExporters, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);

describe('no duplicates', () => {
  let backend: BatchBackend;
  let server: ScriptedServer;
  const paths = (): unknown[] => backend.stored.map((event) => event['endpoint']);
  const frames = (): Record<string, unknown>[] => server.messages.filter(({ type }) => type === 'events');
  async function serve(): Promise<string> {
    server = await ScriptedServer.start(backend.script());
    return server.url;
  }

  beforeEach(() => {
    backend = new BatchBackend();
  });
  afterEach(async () => {
    await closeExporters();
    await server.stop();
  });

  it('sends unacknowledged frames again under the same number and the server stores them once', async () => {
    let cut = false;
    backend.silent = true;
    backend.onFrame = (seq, _events, socket) => {
      if (seq === 3 && !cut) {
        cut = true;
        setTimeout(() => {
          backend.silent = false;
          socket.terminate();
        }, 20);
      }
      return true;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(50), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(50));
    expect(exporter.stats()).to.include({ acked: 50, queued: 0 });
    expect(new Set(backend.producers).size).to.equal(1);
  });

  it('forgets what the welcome says is stored', async () => {
    let first = true;
    backend.silent = true;
    backend.onFrame = (seq, _events, socket) => {
      if (first && seq === 2) {
        first = false;
        setImmediate(() => socket.terminate());
      }
      return true;
    };
    const exporter = quickExporter(await serve(), { maxBatchEvents: 10 });
    exporter.export(numberedSpans(20), ignore);
    await exporter.forceFlush();
    expect(frames().filter(({ seq }) => seq === 1)).to.have.length(1);
    expect(exporter.stats()).to.include({ acked: 20 });
  });

  it('identifies an event that was sent twice in event mode by its trace and span', async () => {
    let cut = false;
    server = await ScriptedServer.start({
      onMessage: (message, socket) => {
        if (message['endpoint'] === '/3' && !cut) {
          cut = true;
          socket.terminate();
        } else socket.send('ok');
      },
    });
    const exporter = quickExporter(server.url, { protocol: 'event', ackTimeoutMillis: 200 });
    exporter.export(numberedSpans(6), ignore);
    await exporter.forceFlush();
    const ids = server.events.map((event) => `${String(event['trace_id'])}/${String(event['span_id'])}`);
    expect(ids.length, 'messages').to.be.above(6);
    expect(new Set(ids).size, 'events').to.equal(6);
  });
});
