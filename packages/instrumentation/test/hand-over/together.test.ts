import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import { CerberusWsExporter, type CerberusWsExporterOptions } from '@cerberus-otel/exporter-ws';
import { hurryAll, type FinishedSpan } from '@cerberus-otel/exporter-ws/internal';
import { expect } from 'chai';
import { REQUEST, type RequestSpan } from '../../dist/esm/capture/request-record.js';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { CerberusSpanProcessor, type SdkSpan } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { startEventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan } from '../support/spans.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const DEAD_END = 'ws://127.0.0.1:9/';
const KEY = 'k'.repeat(32);
const ADDRESS = '203.0.113.77';
const hashOf = (key: string): string => pseudonym(secretKeyOf(key), ADDRESS);

let clock: FakeClock;
let served = 0;

beforeEach(() => {
  clock = new FakeClock();
  served = 0;
});

function exporterTo(wsUrl: string, options: CerberusWsExporterOptions = {}): CerberusWsExporter {
  const all = { wsUrl, token: 'canary', clientId: 'shop', shutdownTimeoutMillis: 1, ...options };
  const exporter = new CerberusWsExporter(all, { clock, env: { CERBERUS_WARNINGS: 'false' } });
  afterTest(() => ended(exporter.shutdown()));
  return exporter;
}

function processorFor(
  exporter: CerberusWsExporter,
  { isAlone = (): boolean => false, secretKey = KEY, from = CerberusSpanProcessor } = {},
): CerberusSpanProcessor {
  const seams = { env: {}, clock, reporter: new RecordingReporter(), isAlone };
  const processor = new from({ exporter, secretKey }, seams);
  afterTest(() => ended(processor.shutdown()));
  return processor;
}

/** What waits for a backend that is not there waits for as long as this clock says. */
async function ended(work: Promise<unknown>): Promise<void> {
  const state = { isOver: false };
  void work.catch(() => undefined).then(() => (state.isOver = true));
  while (!state.isOver) {
    await setImmediate();
    clock.advance(1_000);
  }
}

/** A request after the other, each with its number in the path. */
function serve(processors: readonly CerberusSpanProcessor[], requests = 1): SdkSpan[] {
  return Array.from({ length: requests }, () => {
    const span = spanOf(served);
    served += 1;
    for (const processor of processors) processor.onStart(span, ROOT_CONTEXT);
    for (const processor of processors) processor.onEnding(span);
    for (const processor of processors) processor.onEnd(span);
    return span;
  });
}

function serveOne(processor: CerberusSpanProcessor, span: SdkSpan): void {
  processor.onStart(span, ROOT_CONTEXT);
  processor.onEnding(span);
  processor.onEnd(span);
}

function spanOf(number: number, attributes: Attributes = {}): SdkSpan {
  const spanId = (number + 1).toString(16).padStart(16, '0');
  const spanContext = (): ReturnType<SdkSpan['spanContext']> => ({
    traceId: 'a'.repeat(32),
    spanId,
    traceFlags: 1,
  });
  return serverSpan({ 'url.path': `/${number}`, ...attributes }, { spanContext });
}

describe('requests for our own exporter', () => {
  it('are kept until the interval of the exporter is over, and written together, in order', async () => {
    const { wsUrl, events } = await startEventBackend();
    const exporter = exporterTo(wsUrl, { flushIntervalMillis: 300 });
    const processor = processorFor(exporter);
    serve([processor]);
    await until('the connection is there', () => exporter.stats().acked === 1);
    serve([processor], 3);
    clock.advance(299);
    await setImmediate();
    expect(exporter.stats().accepted).to.equal(1);
    expect(processor.stats()).to.include({ seen: 4, handedOver: 1, waitingForKey: 3 });
    clock.advance(1);
    // No further timer is needed: what waited once does not wait again.
    await until('they arrive', () => events.length === 4);
    expect(events.map((event) => event['endpoint'])).to.deep.equal(['/0', '/1', '/2', '/3']);
    expect(processor.stats()).to.include({ handedOver: 4, waitingForKey: 0 });
  });

  it('are at most 512 at a time', () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter);
    serve([processor], 511);
    expect(exporter.stats().accepted).to.equal(0);
    serve([processor]);
    expect(exporter.stats().accepted).to.equal(512);
    serve([processor], 3);
    expect(processor.stats()).to.include({ handedOver: 512, waitingForKey: 3 });
  });

  it('are fewer when they hold much text: no more than a mebi of UTF-16 units', () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter);
    const long = 'x'.repeat(2 ** 18);
    for (const value of [long, [long, 'y'], long]) serveOne(processor, spanOf(0, { 'app.note': value }));
    expect(exporter.stats().accepted).to.equal(0);
    serveOne(processor, spanOf(1, { 'app.note': long }));
    expect(exporter.stats().accepted).to.equal(4);
  });

  it('are fewer, too, when names of attributes are long, or what says who sent them', () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter, { isAlone: () => true });
    const long = 'x'.repeat(2 ** 18);
    for (let round = 0; round < 3; round += 1) serveOne(processor, spanOf(round, { [long]: 1 }));
    expect(exporter.stats().accepted).to.equal(0);
    const span = spanOf(3);
    processor.onStart(span, ROOT_CONTEXT);
    (span as RequestSpan)[REQUEST]?.setUserId(long);
    processor.onEnding(span);
    processor.onEnd(span);
    expect(exporter.stats().accepted).to.equal(4);
  });

  it('make the exporter connect with the first one, and are sent as soon as it has', async () => {
    const { wsUrl, events } = await startEventBackend();
    const exporter = exporterTo(wsUrl);
    expect(exporter.stats().state).to.equal('idle');
    serve([processorFor(exporter)], 2);
    expect(exporter.stats()).to.include({ accepted: 0, state: 'connecting' });
    await until('they arrive without a timer', () => events.length === 2);
  });

  for (const [how, drain] of [
    ['a flush of the processor', (processor: CerberusSpanProcessor) => processor.forceFlush()],
    [
      'a flush of the exporter',
      (_: CerberusSpanProcessor, exporter: CerberusWsExporter) => exporter.forceFlush(),
    ],
    [
      'a shutdown of the exporter',
      (_: CerberusSpanProcessor, exporter: CerberusWsExporter) => exporter.shutdown(),
    ],
    ['the coming end of the process', () => Promise.resolve(hurryAll())],
  ] as const) {
    it(`are handed over by ${how}, before anything else is waited for`, async () => {
      const exporter = exporterTo(DEAD_END);
      const processor = processorFor(exporter);
      serve([processor], 3);
      const drained = drain(processor, exporter);
      await Promise.resolve();
      expect(exporter.stats().accepted).to.equal(3);
      await ended(drained);
    });
  }

  it('are handed over by a shutdown of the processor', async () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter);
    serve([processor], 3);
    await ended(processor.shutdown());
    expect(exporter.stats()).to.include({ accepted: 3 });
    expect(processor.stats()).to.include({ handedOver: 3, waitingForKey: 0 });
  });

  it('are awaited by a flush that begins while they wait', async () => {
    const { wsUrl, events } = await startEventBackend();
    const exporter = exporterTo(wsUrl);
    serve([processorFor(exporter)], 3);
    await exporter.forceFlush();
    expect(events).to.have.length(3);
  });

  it('are refused at once while the exporter shuts down, and after that', async () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter);
    serve([processor]);
    const shutdown = exporter.shutdown();
    serve([processor]);
    expect(processor.stats()).to.include({ handedOver: 1, refused: 1, waitingForKey: 0 });
    await ended(shutdown);
    serve([processor]);
    expect(processor.stats()).to.include({ refused: 2, waitingForKey: 0 });
    expect(exporter.stats().refused.shutdown).to.equal(2);
    expect(clock.waits).to.deep.equal([]);
  });

  it('are refused newest first when there is no room', () => {
    const exporter = exporterTo(DEAD_END, { maxQueueEvents: 500 });
    const processor = processorFor(exporter);
    serve([processor], 512);
    expect(processor.stats()).to.include({ handedOver: 500, refused: 12 });
    expect(exporter.stats().refused.queue_full).to.equal(12);
  });

  it('do not keep each other from being written', () => {
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter, { isAlone: () => true });
    const hostile = { ...spanOf(1), duration: [0, NaN] as [number, number] };
    for (const span of [spanOf(0), hostile, spanOf(2)]) serveOne(processor, span);
    hurryAll();
    expect(processor.stats()).to.include({ handedOver: 2, refused: 1, hookFailures: 0 });
  });

  it('are refused and counted where the span cannot be read', () => {
    const processor = processorFor(exporterTo(DEAD_END));
    const spanContext = (): never => {
      throw new Error('hostile');
    };
    serveOne(processor, { ...spanOf(0), spanContext });
    serve([processor]);
    hurryAll();
    expect(processor.stats()).to.include({ seen: 2, handedOver: 1, refused: 1, hookFailures: 1 });
  });

  it('do not keep their spans in memory', async () => {
    const processor = processorFor(exporterTo(DEAD_END), { isAlone: () => true });
    const held = serve([processor], 20).map((span) => new WeakRef(span));
    await setImmediate();
    collectGarbage();
    expect(held.filter((span) => span.deref() !== undefined)).to.have.length.at.most(1);
    expect(processor.stats().waitingForKey).to.equal(20);
  });

  it('find an exporter of the other module system', () => {
    const from = (
      createRequire(import.meta.url)('../../dist/cjs/index.js') as {
        CerberusSpanProcessor: typeof CerberusSpanProcessor;
      }
    ).CerberusSpanProcessor;
    expect(from).to.not.equal(CerberusSpanProcessor);
    const exporter = exporterTo(DEAD_END);
    const processor = processorFor(exporter, { from });
    serve([processor], 2);
    expect(processor.stats()).to.include({ handedOver: 0, waitingForKey: 2 });
    hurryAll();
    expect(exporter.stats().accepted).to.equal(2);
  });

  it('go through `export`, each at once, where that is not the one of the class', () => {
    const seen: FinishedSpan[] = [];
    class Watching extends CerberusWsExporter {
      override export(...args: Parameters<CerberusWsExporter['export']>): void {
        seen.push(...args[0]);
        super.export(...args);
      }
    }
    const exporter = new Watching({ wsUrl: DEAD_END, token: 'canary', clientId: 'shop' }, { clock, env: {} });
    afterTest(() => ended(exporter.shutdown()));
    const wrapper = Object.assign(Object.create(exporterTo(DEAD_END)) as CerberusWsExporter, {
      export: (spans: FinishedSpan[]) => void seen.push(...spans),
    });
    const all = [...serve([processorFor(exporter)], 2), ...serve([processorFor(wrapper)], 2)];
    expect(seen).to.deep.equal(all);
  });
});

describe('a span that our exporter gets twice', () => {
  function twice(order: 'first' | 'last', options: CerberusWsExporterOptions = {}): CerberusWsExporter {
    const exporter = exporterTo(DEAD_END, options);
    const processor = processorFor(exporter);
    const span = spanOf(0);
    processor.onStart(span, ROOT_CONTEXT);
    processor.onEnding(span);
    if (order === 'last') exporter.export([span], () => undefined);
    processor.onEnd(span);
    if (order === 'first') exporter.export([span], () => undefined);
    hurryAll();
    return exporter;
  }

  it('is one event, also while it still waits', () => {
    expect(twice('first').stats()).to.include({ accepted: 1, skipped: 1 });
  });

  it('is one event when it came from elsewhere before', () => {
    expect(twice('last').stats()).to.include({ accepted: 1, skipped: 1 });
  });

  it('is taken the second time if it was refused the first', () => {
    const exporter = exporterTo(DEAD_END, { maxQueueEvents: 1 });
    const processor = processorFor(exporter);
    const [, refused] = serve([processor], 2);
    hurryAll();
    expect(exporter.stats()).to.deep.include({ accepted: 1, skipped: 0 });
    exporter.export([refused as SdkSpan], () => undefined);
    expect(exporter.stats()).to.include({ skipped: 0 });
    expect(exporter.stats().refused.queue_full).to.equal(2);
  });
});

describe('what others see on the span of a request', () => {
  it('is on it when it ends, where there are others', () => {
    const [span] = serve([processorFor(exporterTo(DEAD_END))]);
    expect(span?.attributes).to.include({
      'cerberus.source_ip': hashOf(KEY),
      'cerberus.outcome': 'completed',
    });
  });

  it('is hashed with the requests that follow, where there is nobody, and arrives the same', async () => {
    const { wsUrl, events } = await startEventBackend();
    const exporter = exporterTo(wsUrl);
    const [span] = serve([processorFor(exporter, { isAlone: () => true })]);
    expect(span?.attributes).to.not.have.property('cerberus.source_ip');
    await exporter.forceFlush();
    expect(events[0]).to.include({ source_ip: hashOf(KEY), outcome: 'completed', endpoint: '/0' });
  });

  it('is on it from the next lot on, when somebody comes to see it', () => {
    let others = 0;
    const processor = processorFor(exporterTo(DEAD_END), { isAlone: () => others === 0 });
    serve([processor]);
    hurryAll();
    others = 1;
    const [span] = serve([processor]);
    expect(span?.attributes).to.include({ 'cerberus.source_ip': hashOf(KEY) });
  });

  it('does not change an event that waits', async () => {
    const { wsUrl, events } = await startEventBackend();
    const exporter = exporterTo(wsUrl);
    const [span] = serve([processorFor(exporter)]);
    Object.assign(span?.attributes ?? {}, { 'cerberus.source_ip': 'f'.repeat(64), 'url.path': '/redacted' });
    await exporter.forceFlush();
    expect(events[0]).to.include({ source_ip: hashOf(KEY), endpoint: '/0' });
  });

  it('does not mix the keys of two processors', async () => {
    const backends = [await startEventBackend(), await startEventBackend()];
    const exporters = backends.map(({ wsUrl }) => exporterTo(wsUrl));
    const keys = [KEY, 'l'.repeat(32)];
    serve(
      exporters.map((exporter, index) => processorFor(exporter, { secretKey: keys[index] ?? '' })),
      2,
    );
    for (const [index, exporter] of exporters.entries()) {
      await exporter.forceFlush();
      const hash = hashOf(keys[index] ?? '');
      expect(backends[index]?.events.map((event) => event['source_ip'])).to.deep.equal([hash, hash]);
    }
  });
});
