import {
  createTraceState,
  isSpanContextValid,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@cerberus-otel/exporter-ws/internal';

export const TRACEPARENT = 'traceparent';
export const TRACESTATE = 'tracestate';

/** Version, trace id, parent id and flags; a later version may have more behind them (W3C Trace Context, 3.2). */
const FORM = /^\s?((?!ff)[\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?\s?$/;
/** All that this package knows of flags, the ones of level 2 too, is handed on. */
const HEX = 16;
/** Of a `tracestate` (W3C Trace Context, 3.3.1.1). */
const MAX_MEMBERS = 32;

/** The span of the caller; undefined where the header names none. */
export function readTraceContext(
  traceparent: unknown,
  tracestate: readonly string[] | string | undefined,
): SpanContext | undefined {
  const match = typeof traceparent === 'string' ? FORM.exec(traceparent) : null;
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (version === '00' && more !== undefined) return undefined;
  const caller = { traceId, spanId, traceFlags: Number.parseInt(flags, HEX), isRemote: true };
  if (!isSpanContextValid(caller)) return undefined;
  const state = typeof tracestate === 'object' ? tracestate.join(',') : tracestate;
  return typeof state === 'string' && state.trim() !== ''
    ? { ...caller, traceState: createTraceState(firstMembers(state)) }
    : caller;
}

/** Of a longer list `createTraceState` turns the order, which says who was last, the other way round. */
function firstMembers(state: string): string {
  const members = state.split(',');
  return members.length > MAX_MEMBERS ? members.slice(0, MAX_MEMBERS).join(',') : state;
}

/** How a span is named to whoever is called. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(HEX).padStart(2, '0')}`;
}

/** The active span that calls others are to be told of; undefined where there is none, or where nothing is traced. */
export function spanToName(within: Context): SpanContext | undefined {
  const active = trace.getSpanContext(within);
  return active === undefined || !isSpanContextValid(active) || isTracingSuppressed(within)
    ? undefined
    : active;
}

/** W3C Trace Context, level 1, for whoever asks OpenTelemetry's API to hand on a trace. */
export class TraceContextPropagator implements TextMapPropagator {
  inject(within: Context, carrier: unknown, setter: TextMapSetter): void {
    const active = spanToName(within);
    if (active === undefined) return;
    setter.set(carrier, TRACEPARENT, writeTraceparent(active));
    if (active.traceState !== undefined) setter.set(carrier, TRACESTATE, active.traceState.serialize());
  }

  extract(into: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, TRACEPARENT);
    const traceparent = Array.isArray(header) ? header[0] : header;
    const caller = readTraceContext(traceparent, getter.get(carrier, TRACESTATE));
    return caller === undefined ? into : trace.setSpanContext(into, caller);
  }

  fields(): string[] {
    return [TRACEPARENT, TRACESTATE];
  }
}
