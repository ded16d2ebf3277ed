// Tests of an application put fake timers in the place of Node's: what the exporter does must not stand still, or throw, for that.
import { expect } from 'chai';
import { closeExporters, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

type Replaced = Partial<Record<'setTimeout' | 'setImmediate' | 'queueMicrotask', unknown>>;

const { setTimeout: real } = globalThis;
const still = Object.assign(() => ({ unref() {} }), real);

describe('fake timers of an application', () => {
  const original = { ...pick() };
  function pick(): Replaced {
    const { setTimeout, setImmediate, queueMicrotask } = globalThis;
    return { setTimeout, setImmediate, queueMicrotask };
  }
  afterEach(() => {
    Object.assign(globalThis, original);
    return closeExporters();
  });

  for (const [what, replaced] of [
    ['stand still', { setTimeout: still, setImmediate: still, queueMicrotask: () => undefined }],
    ['are numbers', { setTimeout: (work: () => void, millis: number) => Number(real(work, millis)) }],
  ] as const) {
    for (const protocol of ['batch', 'event'] as const) {
      it(`F37 that ${what}: events arrive, and a flush ends, in ${protocol} mode`, async () => {
        const backend = new BatchBackend();
        const server = await ScriptedServer.start(protocol === 'batch' ? backend.script() : {});
        Object.assign(globalThis, replaced);
        const exporter = quickExporter(server.url, { protocol });
        exporter.export(numberedSpans(3), () => undefined);
        await exporter.forceFlush();
        expect(exporter.stats().acked).to.equal(3);
        const nobody = quickExporter('ws://127.0.0.1:1/', { protocol, shutdownTimeoutMillis: 20 });
        nobody.export(numberedSpans(1), () => undefined);
        await nobody.shutdown();
        expect(nobody.stats().dropped.shutdown_timeout).to.equal(1);
      });
    }
  }
});
