import { runInNewContext } from 'node:vm';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { expect } from 'chai';
import { CerberusSpanProcessor, extractCerberusMetrics } from '../../dist/esm/index.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { serverSpan } from '../support/spans.js';

const PREFIX = 'cerberus.metric.';

/** The metrics that a request has in whose context `work` ran. */
function metricsOf(work: () => void): Record<string, unknown> {
  const exporter = new RecordingExporter();
  const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
  const span = serverSpan();
  processor.onStart(span, ROOT_CONTEXT);
  const active = ROOT_CONTEXT.setValue(Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA'), { span });
  context.with(active, work);
  processor.onEnding(span);
  processor.onEnd(span);
  void processor.shutdown();
  const entries = Object.entries(exporter.requests[0] ?? {}).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(PREFIX.length), value]));
}

/** The metrics that `_cerberus_metrics` gives. */
function taken(metrics: unknown): Record<string, unknown> {
  return metricsOf(() => {
    expect(extractCerberusMetrics({ kept: 1, _cerberus_metrics: metrics })).to.deep.equal({ kept: 1 });
  });
}

function throwing(): never {
  throw new Error('not to be read');
}

describe('extractCerberusMetrics', () => {
  before(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));

  after(() => context.disable());

  it('records the members, nested ones with dots, and returns the rest', () => {
    const body = { orders: [1], _cerberus_metrics: { items: 10, cache: { hit: true, tags: ['a'] } } };
    const before = structuredClone(body);
    let rest: object = {};
    const metrics = metricsOf(() => {
      rest = extractCerberusMetrics(body);
    });
    expect(metrics).to.deep.equal({ items: 10, 'cache.hit': true, 'cache.tags': ['a'] });
    expect(rest).to.deep.equal({ orders: [1] });
    expect((rest as typeof body).orders).to.equal(body.orders);
    expect(body).to.deep.equal(before);
  });

  it('only takes the member out where there is no request', () => {
    expect(extractCerberusMetrics({ a: 1, _cerberus_metrics: { b: 2 } })).to.deep.equal({ a: 1 });
  });

  it('returns what has no such member, or is no plain object, as it is', () => {
    class Model {
      readonly _cerberus_metrics = { a: 1 };
    }
    const inherits: unknown = Object.create({ _cerberus_metrics: { a: 1 } });
    const list = Object.assign([1], { _cerberus_metrics: { a: 1 } });
    const others = [undefined, null, true, 3, 'text', 4n, Symbol('s'), () => 1, {}, { a: 1 }];
    const metrics = metricsOf(() => {
      for (const body of [
        ...others,
        [1],
        list,
        new Date(),
        new Map(),
        new Model(),
        inherits,
        Buffer.from('x'),
      ])
        expect(extractCerberusMetrics(body)).to.equal(body);
    });
    expect(metrics).to.deep.equal({});
  });

  it('takes objects of another realm and objects without a prototype for plain ones', () => {
    const foreign: unknown = runInNewContext('({ kept: 1, _cerberus_metrics: { n: { m: 1 } } })');
    const bare: unknown = Object.assign(Object.create(null), { kept: 1, _cerberus_metrics: { o: 2 } });
    const metrics = metricsOf(() => {
      for (const body of [foreign, bare]) expect(extractCerberusMetrics(body)).to.deep.equal({ kept: 1 });
    });
    expect(metrics).to.deep.equal({ 'n.m': 1, o: 2 });
  });

  it('takes the member out of the type as well', () => {
    const rest = extractCerberusMetrics({ a: 1, _cerberus_metrics: { b: 2 } });
    const narrow: { a: number } = rest;
    // @ts-expect-error it is gone
    expect([narrow.a, rest._cerberus_metrics]).to.deep.equal([1, undefined]);
    const list: number[] = extractCerberusMetrics([1]);
    const text: string | undefined = extractCerberusMetrics(list.length > 0 ? 'text' : undefined);
    const open: Record<string, unknown> = extractCerberusMetrics<Record<string, unknown>>({ c: 3 });
    expect([list, text, open]).to.deep.equal([[1], 'text', { c: 3 }]);
  });

  it('leaves out what is no metric, and keeps what stands beside it', () => {
    const none = { a: null, b: undefined, c: Number.NaN, d: 1n, e: new Date(), f: new Map([['x', 1]]) };
    expect(taken({ ...none, g: () => 1, h: Symbol('s'), i: [1, 'mixed'], j: [{}], kept: 1 })).to.deep.equal({
      kept: 1,
    });
    for (const metrics of [undefined, null, 'text', 3, [1], new Map()])
      expect(taken(metrics)).to.deep.equal({});
  });

  it('loses only the members that throw', () => {
    const hostile = new Proxy({}, { getPrototypeOf: throwing, ownKeys: throwing, get: throwing });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const metrics = Object.defineProperty({ a: 1, hostile, revoked, z: 2 }, 'thrown', {
      get: throwing,
      enumerable: true,
    });
    expect(taken(metrics)).to.deep.equal({ a: 1, z: 2 });
    expect(taken(hostile)).to.deep.equal({});
  });

  it('takes a member out that throws when it is read, and leaves another one that does to its reader', () => {
    const body = { a: 1 };
    Object.defineProperty(body, '_cerberus_metrics', { get: throwing, enumerable: true });
    expect(JSON.stringify(extractCerberusMetrics(body))).to.equal('{"a":1}');

    const other = { _cerberus_metrics: { n: 1 } };
    Object.defineProperty(other, 'thrown', { get: throwing, enumerable: true });
    let rest = {};
    const metrics = metricsOf(() => {
      rest = extractCerberusMetrics(other);
    });
    expect(metrics).to.deep.equal({ n: 1 });
    expect(Object.keys(rest)).to.deep.equal(['thrown']);
    expect(() => JSON.stringify(rest)).to.throw('not to be read');
  });

  it('takes the member out of a proxy, and gives back one that nobody can read', () => {
    const body = { a: 1, _cerberus_metrics: { n: 1 } };
    expect(extractCerberusMetrics(new Proxy(body, {}))).to.deep.equal({ a: 1 });
    expect(extractCerberusMetrics(new Proxy(body, { getPrototypeOf: throwing }))).to.deep.equal({ a: 1 });
    for (const trap of ['ownKeys', 'getOwnPropertyDescriptor']) {
      const unreadable = new Proxy(body, { [trap]: throwing });
      expect(extractCerberusMetrics(unreadable)).to.equal(unreadable);
      expect(() => JSON.stringify(unreadable)).to.throw('not to be read');
    }
  });

  it('ends at a cycle, and reads an object that is there twice twice', () => {
    const shared = { n: 1 };
    const metrics: Record<string, unknown> = { first: shared, second: { shared } };
    metrics['self'] = metrics;
    metrics['deeper'] = { back: metrics, m: 2 };
    expect(taken(metrics)).to.deep.equal({ 'first.n': 1, 'second.shared.n': 1, 'deeper.m': 2 });
  });

  it('ends where a name is too long for the exporter, which then counts it', () => {
    let metrics: object = { n: 1 };
    for (let depth = 0; depth < 20_000; depth += 1) metrics = { d: metrics };
    const names = Object.keys(taken({ metrics, kept: 1 }));
    expect(names).to.have.length(2).and.include('kept');
    expect(names.map((name) => name.length).toSorted((a, b) => a - b)[1]).to.be.within(257, 260);
    let unnamed: object = { n: 1 };
    for (let depth = 0; depth < 20_000; depth += 1) unnamed = { '': unnamed };
    expect(Object.keys(taken(unnamed))).to.have.length(1);
  });

  it('reads a thousand members, however many there are and however they are nested', () => {
    let reads = 0;
    const endless = (): object =>
      new Proxy(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`m${index}`, 1])), {
        get: () => {
          reads += 1;
          return endless();
        },
      });
    taken(endless());
    expect(reads).to.equal(1000);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]));
    expect(Object.keys(taken(many))).to.have.length(1000);
  });

  it('writes names that mean something to JavaScript as names', () => {
    const metrics = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}') as object;
    const names = Object.keys(taken(metrics));
    expect(names).to.have.members(['__proto__.polluted', 'constructor']);
    const rest = extractCerberusMetrics(JSON.parse('{"__proto__":{"x":1},"_cerberus_metrics":{}}'));
    expect(JSON.stringify(rest)).to.equal('{"__proto__":{"x":1}}');
    expect('polluted' in {}).to.equal(false);
  });
});
