import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { suppressTracing } from '@cerberus-otel/exporter-ws/internal';
import { expect } from 'chai';
import { TraceContextPropagator } from '../../dist/esm/stand-alone/trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const STATE = 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7';

const HEADERS: readonly Readonly<Record<string, string | string[]>>[] = [
  {},
  { traceparent: `00-${TRACE}-${SPAN}-01` },
  { traceparent: `00-${TRACE}-${SPAN}-00`, tracestate: STATE },
  { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: ['a=1', 'b=2'] },
  { traceparent: [`00-${TRACE}-${SPAN}-01`, 'another'] },
  { traceparent: ` 00-${TRACE}-${SPAN}-01 ` },
  { traceparent: `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like` },
  { traceparent: `cc-${TRACE}-${SPAN}-01.what` },
  { traceparent: `00-${TRACE}-${SPAN}-01-more` },
  { traceparent: `ff-${TRACE}-${SPAN}-01` },
  { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` },
  { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` },
  { traceparent: `00-${TRACE.toUpperCase()}-${SPAN}-01` },
  { traceparent: `00-${TRACE}-${SPAN}-1` },
  { traceparent: `00-${TRACE}-${SPAN}` },
  { traceparent: 'nonsense', tracestate: STATE },
  { tracestate: STATE },
  { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: '' },
  {
    traceparent: `00-${TRACE}-${SPAN}-01`,
    tracestate: Array.from({ length: 40 }, (_, index) => `k${index}=v`),
  },
];

describe('trace context', () => {
  const ours = new TraceContextPropagator();
  const standard = new W3CTraceContextPropagator();

  for (const headers of HEADERS) {
    it(`is read and written as by OpenTelemetry: ${JSON.stringify(headers)}`, () => {
      const [one, other] = [ours, standard].map((propagator) => {
        const found = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
        const written: Record<string, string> = {};
        propagator.inject(found, written, defaultTextMapSetter);
        const { traceState, ...rest } = trace.getSpanContext(found) ?? {};
        return { ...rest, state: traceState?.serialize(), written };
      });
      expect(one).to.deep.equal(other);
    });
  }

  it('is not handed on where tracing is suppressed', () => {
    const within = suppressTracing(
      trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE, spanId: SPAN, traceFlags: 1 }),
    );
    const written: Record<string, string> = {};
    ours.inject(within, written, defaultTextMapSetter);
    expect(written).to.deep.equal({});
  });

  it('names its headers', () => {
    expect(ours.fields()).to.deep.equal(standard.fields());
  });
});
