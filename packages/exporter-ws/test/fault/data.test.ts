// Bad data on spans: whatever an application or a client put there, valid events leave and the rest is counted.
import { expect } from 'chai';
import fc from 'fast-check';
import type { FinishedSpan } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { ScriptedServer } from '../support/scripted-server.js';
import { serverSpan } from '../support/spans.js';

type Event = Record<string, unknown> & { custom_data: Record<string, unknown> };
const ignore = (): void => undefined;

/** A span with attributes that no SDK type allows; SDK 3 lets many of them through. */
function spanWith(attributes: Record<string, unknown>): FinishedSpan {
  return serverSpan(
    {},
    { attributes: { ...serverSpan().attributes, ...attributes } as FinishedSpan['attributes'] },
  );
}

describe('bad data', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await ScriptedServer.start();
  });
  afterEach(async () => {
    await closeExporters();
    server.messages.length = 0;
  });
  after(() => server.stop());

  /** Exports the spans and returns what arrived, with the exporter's counts. */
  async function through(
    ...spans: FinishedSpan[]
  ): Promise<{ events: Event[]; stats: ReturnType<ReturnType<typeof quickExporter>['stats']> }> {
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(spans, ignore);
    await exporter.forceFlush();
    expect(imbalance(exporter.stats())).to.equal(0);
    return { events: server.events as Event[], stats: exporter.stats() };
  }

  it('F23 values that JSON or the protocol do not know: left out and counted, the event kept', async () => {
    const bad = {
      a: NaN,
      b: Infinity,
      c: -Infinity,
      d: 10n,
      e: () => 1,
      f: new Date(),
      g: Symbol('x'),
      h: { x: 1 },
      i: new Map(),
      j: new Uint8Array(3),
    };
    const { events, stats } = await through(
      spanWith({
        ...Object.fromEntries(Object.entries(bad).map(([name, value]) => [`cerberus.metric.${name}`, value])),
        'cerberus.metric.zero': -0,
        'http.response.status_code': NaN,
        'http.route': 7,
      }),
    );
    expect(events[0]?.custom_data).to.deep.equal({ zero: 0 });
    expect(events[0]).to.not.have.any.keys('status_code', 'route');
    expect(stats.metricsDropped).to.equal(10);
  });

  it('F24 lone surrogates, NUL, separators, RTL and emoji: valid UTF-8, cut between code points', async () => {
    const text = '\ud800\u0000\u2028\u2029\u202eא😀';
    const { events } = await through(
      spanWith({
        'url.path': `/${text}`,
        'cerberus.metric.t': text,
        'cerberus.metric.cut': `${'x'.repeat(1022)}😀`,
      }),
    );
    expect(events[0]?.custom_data['t']).to.equal(text.toWellFormed());
    expect(events[0]?.custom_data['cut']).to.equal('x'.repeat(1022));
    expect(String(events[0]?.['endpoint'])).to.equal(`/${text.toWellFormed()}`);
  });

  it('F25 values of 5 MB, 10,000 attributes, keys of 2 KB, a path of 1 MB: within the limits, the event kept', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`cerberus.metric.m${index}`, index]),
    );
    const { events, stats } = await through(
      spanWith({
        ...many,
        'url.path': `/${'p'.repeat(1_000_000)}`,
        'http.route': `/${'r'.repeat(1_000_000)}`,
      }),
      spanWith({ 'cerberus.metric.big': 'x'.repeat(5_000_000), [`cerberus.metric.${'k'.repeat(2_048)}`]: 1 }),
    );
    expect(Object.keys(events[0]?.custom_data ?? {})).to.have.length(64);
    expect([String(events[0]?.['endpoint']).length, String(events[0]?.['route']).length]).to.deep.equal([
      2048, 2048,
    ]);
    expect(events[1]?.custom_data).to.deep.equal({ big: 'x'.repeat(1024) });
    expect([stats.metricsDropped, stats.valuesCut]).to.deep.equal([10_000 - 64 + 1, 1]);
    for (const text of server.texts.slice(-2)) expect(Buffer.byteLength(text)).to.be.below(64 * 1024);
  });

  it('F26 circular, deep, throwing and proxied values: their metric is left out, the event kept', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    let deep: unknown = 1;
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];
    const throwing = {
      toJSON(): never {
        throw new Error('hostile');
      },
    };
    const array = new Proxy([1, 2], {
      get() {
        throw new Error('hostile');
      },
    });
    const { events, stats } = await through(
      spanWith({
        'cerberus.metric.a': circular,
        'cerberus.metric.b': deep,
        'cerberus.metric.c': throwing,
        'cerberus.metric.ok': 1,
      }),
      spanWith({ 'cerberus.metric.d': array }),
      spanWith({}),
    );
    expect(events.map((event) => event.custom_data)).to.deep.equal([{ ok: 1 }, {}, {}]);
    expect(stats).to.include({ accepted: 3, metricsDropped: 4 });
  });

  it('F25 a list of two thousand million holes: its metric is left out, and nothing waits for it', async () => {
    const endless = new Proxy([] as unknown[], {
      get: (_target, name) => (name === 'length' ? 2 ** 31 : undefined),
    });
    const { events, stats } = await through(
      spanWith({
        'cerberus.metric.a': endless,
        'cerberus.metric.b': Object.assign([], { length: 2 ** 31 }),
        'cerberus.metric.ok': 1,
      }),
    );
    expect(events[0]?.['custom_data']).to.deep.equal({ ok: 1 });
    expect(stats.metricsDropped).to.equal(2);
  });

  it('F26 a span that throws when it is looked at again: its event is counted as what it is, accepted', async () => {
    const exporter = quickExporter(server.url, { protocol: 'event' });
    const unmarkable = new Proxy(serverSpan(), {
      set() {
        throw new Error('hostile');
      },
    });
    let code: number | undefined;
    exporter.export([unmarkable], (result) => (code = result.code));
    await exporter.forceFlush();
    const stats = exporter.stats();
    expect([code, stats.accepted, stats.acked, imbalance(stats)]).to.deep.equal([0, 1, 1, 0]);
  });

  it('F30 what is no list of spans: the callback comes once, with a failure, and nothing is thrown', () => {
    const exporter = quickExporter(server.url);
    const codes: number[] = [];
    for (const spans of [undefined, null, 7, {}])
      exporter.export(spans as never, ({ code }) => codes.push(code));
    expect(codes).to.deep.equal([1, 1, 1, 1]);
  });

  it('F26 anything at all as an attribute: nothing is thrown and every event that leaves is JSON', async () => {
    const exporter = quickExporter(server.url, { protocol: 'event' });
    const names = [
      'url.path',
      'http.route',
      'http.request.method',
      'http.response.status_code',
      'cerberus.source_ip',
      'cerberus.outcome',
      'cerberus.user_id',
      'cerberus.scheme',
      'cerberus.metric.x',
      'http.url',
    ];
    let spans = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withNullPrototype: true,
          withTypedArray: true,
        }),
        (name, value) => {
          spans += 1;
          exporter.export([spanWith({ [name]: value })], ignore);
        },
      ),
      { numRuns: 500 },
    );
    await exporter.forceFlush();
    const { accepted, skipped, refused, acked } = exporter.stats();
    expect(accepted + skipped + refused.invalid).to.equal(spans);
    expect(acked).to.equal(accepted);
  });

  it('F27 keys that mean something to JavaScript: not sent, nothing polluted', async () => {
    const attributes: Record<string, unknown> = { ...serverSpan().attributes };
    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''])
      attributes[`cerberus.metric.${key}`] = 1;
    Object.setPrototypeOf(attributes, ['x']);
    const { events, stats } = await through(
      serverSpan({}, { attributes: attributes as FinishedSpan['attributes'] }),
    );
    expect(Object.keys(events[0]?.custom_data ?? {})).to.deep.equal(['toString', 'hasOwnProperty']);
    expect(stats.metricsDropped).to.equal(4);
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
  });

  it('F30 other spans, none, and 100,000 in one call: the callback comes once, only requests become events', async () => {
    const exporter = quickExporter(server.url, {
      protocol: 'event',
      maxQueueEvents: 60_000,
      maxQueueBytes: 64 * 1024 * 1024,
      maxInFlightEvents: 10_000,
      maxBatchEvents: 10_000,
      maxBufferedBytes: 16 * 1024 * 1024,
    });
    const codes: number[] = [];
    const many = Array.from({ length: 100_000 }, (_, index) => serverSpan({}, { kind: index % 2 }));
    for (const spans of [[], [serverSpan({}, { kind: 2 })], many])
      exporter.export(spans, ({ code }) => codes.push(code));
    expect(codes).to.deep.equal([0, 0, 0]);
    expect(exporter.stats()).to.include({ accepted: 50_000, skipped: 50_001 });
    await exporter.forceFlush();
    await until('all answers', () => exporter.stats().acked === 50_000);
  });
});
