// Spans without an SDK, as libraries and applications make them through OpenTelemetry's API, against those of the SDK.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import { suppressTracing } from '@cerberus-otel/exporter-ws/internal';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import type { SdkSpan } from '../../dist/esm/index.js';
import { OwnTracerProvider } from '../../dist/esm/stand-alone/tracer-provider.js';

type Called = readonly [hook: string, ended: boolean];

class Watching {
  readonly called: Called[] = [];
  onStart(span: SdkSpan): void {
    this.called.push(['onStart', span.ended]);
  }
  onEnding(span: SdkSpan): void {
    this.called.push(['onEnding', span.ended]);
  }
  onEnd(span: SdkSpan): void {
    this.called.push(['onEnd', span.ended]);
  }
  async forceFlush(): Promise<void> {
    // Nothing is held.
  }
  async shutdown(): Promise<void> {
    // Nor here.
  }
}

type Read = Span & SdkSpan & { readonly name: string; readonly events: readonly EventRead[] };
interface EventRead {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const CALLER = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true };
const CALLED = trace.setSpanContext(ROOT_CONTEXT, CALLER);

/** What a piece of code makes of a span, and what of it counts. */
const CODE: readonly (readonly [string, (tracer: Tracer) => Span])[] = [
  ['a span with attributes', (tracer) => tracer.startSpan('a', { attributes: { one: 1, list: ['x'] } })],
  ['a kind', (tracer) => tracer.startSpan('a', { kind: SpanKind.CLIENT })],
  ['a parent', (tracer) => tracer.startSpan('a', {}, CALLED)],
  ['a root within another span', (tracer) => tracer.startSpan('a', { root: true }, CALLED)],
  [
    'a parent without a valid id',
    (tracer) => tracer.startSpan('a', {}, trace.setSpanContext(ROOT_CONTEXT, { ...CALLER, spanId: 'no' })),
  ],
  ['a suppressed one', (tracer) => tracer.startSpan('a', {}, suppressTracing(ROOT_CONTEXT))],
  ['another name', (tracer) => tracer.startSpan('a').updateName('b')],
  ['attributes of every kind', (tracer) => tracer.startSpan('a').setAttributes(ODD as never)],
  [
    'attributes of every kind from its start on',
    (tracer) => tracer.startSpan('a', { attributes: ODD as never }),
  ],
  ['lists that are used again', (tracer) => usedAgain(tracer)],
  ['an attribute set twice', (tracer) => tracer.startSpan('a').setAttribute('x', 1).setAttribute('x', 2)],
  [
    'an error',
    (tracer) => tracer.startSpan('a').setStatus({ code: SpanStatusCode.ERROR, message: 'canary' }),
  ],
  [
    'an error that is none',
    (tracer) =>
      tracer
        .startSpan('a')
        .setStatus({ code: SpanStatusCode.ERROR })
        .setStatus({ code: SpanStatusCode.UNSET }),
  ],
  [
    'OK, whatever follows',
    (tracer) =>
      tracer.startSpan('a').setStatus({ code: SpanStatusCode.OK }).setStatus({ code: SpanStatusCode.ERROR }),
  ],
  ['an exception', (tracer) => thrown(tracer, new RangeError('canary'))],
  ['an exception with a code', (tracer) => thrown(tracer, Object.assign(new Error('x'), { code: 'ENOENT' }))],
  ['a text as exception', (tracer) => thrown(tracer, 'canary')],
  ['an exception after another', (tracer) => thrown(tracer, new RangeError('x'), new TypeError('y'))],
  [
    'an exception as an event',
    (tracer) => tracer.startSpan('a').addEvent('exception', { 'exception.type': 'Odd' }),
  ],
  ['other events', (tracer) => tracer.startSpan('a').addEvent('x', { 'exception.type': 'Odd' })],
  ['times of its own', (tracer) => tracer.startSpan('a', { startTime: [10, 500_000_000] })],
  ['a time in milliseconds', (tracer) => tracer.startSpan('a', { startTime: 1_700_000_000_123 })],
  ['a date', (tracer) => tracer.startSpan('a', { startTime: new Date(1_700_000_000_456) })],
  ['what comes too late', (tracer) => late(tracer)],
];

const ODD = {
  text: 'x',
  number: 1,
  none: Number.NaN,
  yes: true,
  empty: '',
  '': 'no name',
  nothing: null,
  missing: undefined,
  object: {},
  list: [1, 2],
  mixed: [1, 'x'],
  holes: [null, 'x', undefined],
  nested: [[1]],
  function: () => 1,
};

/** As an application does that has one list for all of its requests. */
function usedAgain(tracer: Tracer): Span {
  const list = [1, 2];
  const span = tracer.startSpan('a', { attributes: { started: list } });
  span.setAttribute('set', list).setAttributes({ others: list });
  list.length = 0;
  list.push(3);
  return span;
}

function thrown(tracer: Tracer, ...errors: (Error | string)[]): Span {
  const span = tracer.startSpan('a');
  for (const error of errors) span.recordException(error);
  return span;
}

function late(tracer: Tracer): Span {
  const span = tracer.startSpan('a');
  span.end();
  span
    .setAttribute('late', 1)
    .setAttributes({ later: 1 })
    .setStatus({ code: SpanStatusCode.ERROR })
    .updateName('b');
  span.addEvent('exception', { 'exception.type': 'Late' });
  span.recordException(new Error('late'));
  return span;
}

/** What Cerberus, and code that holds the span, can tell of it. */
function seen(span: Span): object {
  const { name, kind, attributes, parentSpanContext, status, events, startTime } = span as Read;
  const { traceId, traceFlags } = span.spanContext();
  return {
    name,
    kind,
    attributes: { ...attributes },
    parent: parentSpanContext,
    status: status?.code,
    exceptions: events
      ?.filter((event) => event.name === 'exception')
      .map((event) => event.attributes?.['exception.type'])
      .filter((type) => type !== undefined),
    start: startTime !== undefined && startTime[0] < 1_700_000_001 ? startTime : 'now',
    trace: traceId === CALLER.traceId ? 'that of the caller' : /^0+$/.test(traceId),
    traceFlags,
    isRecording: span.isRecording(),
  };
}

describe('spans without an SDK', () => {
  for (const [what, make] of CODE) {
    it(`are to their users what those of the SDK are: ${what}`, () => {
      const own = make(new OwnTracerProvider(new Watching()).getTracer());
      const standard = make(new BasicTracerProvider().getTracer('test'));
      const { exceptions: last, ...rest } = seen(own) as { exceptions?: unknown[] };
      const { exceptions: all, ...expected } = seen(standard) as { exceptions?: unknown[] };
      expect(rest).to.deep.equal(expected);
      // Only the last one counts.
      expect(last).to.deep.equal(all?.slice(-1));
    });
  }

  it('throw nothing, whatever they are given, and keep what could be read', () => {
    const tracer = new OwnTracerProvider(new Watching()).getTracer();
    const boom = (): never => {
      throw new Error('planted');
    };
    const trap = (name: string): never =>
      Object.defineProperty({ good: 1 }, name, { enumerable: true, get: boom }) as never;
    const closed = new Proxy([], { get: boom, has: boom, ownKeys: boom }) as never;
    const span = tracer.startSpan('a', { attributes: trap('bad') }) as Read;
    span.setAttribute('list', closed).setAttributes(trap('bad')).setAttributes(closed);
    span
      .setAttributes(null as never)
      .setStatus(null as never)
      .setStatus(trap('code'));
    span.addEvent('exception', closed).addEvent('exception', trap('exception.type'));
    span.recordException(trap('code'));
    span.recordException({ code: { toString: boom } } as never);
    span.setAttribute('after', 2).end();
    expect(span.attributes).to.deep.equal({ good: 1, after: 2 });
    expect(span.events).to.deep.equal([]);
  });

  it('are started, or not, by what works without an SDK: options that are null, and nothing to run', () => {
    const tracer = new OwnTracerProvider(new Watching()).getTracer();
    expect(tracer.startSpan('a', null as never).isRecording()).to.equal(true);
    const start = tracer.startActiveSpan.bind(tracer) as (...args: unknown[]) => unknown;
    expect(start('a')).to.equal(undefined);
    expect(start('a', null, (span: Span) => span.isRecording())).to.equal(true);
  });

  it('read no list to its end, which may be far away', () => {
    const span = new OwnTracerProvider(new Watching()).getTracer().startSpan('a') as Read;
    const endless: number[] = [];
    endless.length = 4_000_000_000;
    span.setAttribute('endless', endless);
    expect(span.attributes['endless']).to.have.length(1024);
  });

  it('tell their processor when they start, are ending and have ended, once', () => {
    const watching = new Watching();
    const span = new OwnTracerProvider(watching).getTracer().startSpan('a');
    span.end();
    span.end();
    expect(watching.called).to.deep.equal([
      ['onStart', false],
      ['onEnding', false],
      ['onEnd', true],
    ]);
  });

  it('take as long as they are said to take', () => {
    const tracer = new OwnTracerProvider(new Watching()).getTracer();
    const span = tracer.startSpan('a', { startTime: [10, 0] }) as Read;
    span.end([12, 250_000_000]);
    expect(span.duration).to.deep.equal([2, 250_000_000]);
    const backwards = tracer.startSpan('a', { startTime: [10, 0] }) as Read;
    backwards.end([9, 0]);
    expect(backwards.duration).to.deep.equal([0, 0]);
  });

  it('hold no more attributes than the SDK lets them', () => {
    const span = new OwnTracerProvider(new Watching()).getTracer().startSpan('a') as Read;
    for (let index = 0; index < 1_000; index += 1) span.setAttribute(`name ${index}`, index);
    span.setAttribute('name 0', 'changed');
    expect(Object.keys(span.attributes)).to.have.length(128);
    expect(span.attributes['name 0']).to.equal('changed');
  });

  it('are recorded below a caller that asks not to be sampled, and say so to whoever is called', () => {
    const unsampled = trace.setSpanContext(ROOT_CONTEXT, { ...CALLER, traceFlags: 0 });
    const span = new OwnTracerProvider(new Watching()).getTracer().startSpan('a', {}, unsampled);
    expect([span.isRecording(), span.spanContext().traceFlags]).to.deep.equal([true, 0]);
  });

  it('have ids of their own, of the right form', () => {
    const tracer = new OwnTracerProvider(new Watching()).getTracer();
    const ids = Array.from({ length: 2_000 }, () => tracer.startSpan('a').spanContext());
    expect(new Set(ids.map(({ spanId }) => spanId))).to.have.property('size', 2_000);
    expect(new Set(ids.map(({ traceId }) => traceId))).to.have.property('size', 2_000);
    for (const { traceId, spanId } of ids)
      expect(`${traceId} ${spanId}`).to.match(/^[\da-f]{32} [\da-f]{16}$/);
  });

  it('do not change the attributes that they are given', () => {
    const attributes = Object.freeze({ one: 1 });
    const span = new OwnTracerProvider(new Watching()).getTracer().startSpan('a', { attributes });
    expect(() => span.setAttribute('two', 2)).to.not.throw();
  });
});
