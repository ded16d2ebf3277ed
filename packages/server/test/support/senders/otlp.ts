import { randomBytes } from 'node:crypto';

/** A span as OTLP has it in JSON. */
export type JsonSpan = Record<string, unknown>;

/** `AnyValue` of a text, a truth value, a number or a list of these. */
export function anyValue(value: unknown): unknown {
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

export function keyValues(attributes: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** A SERVER span of `GET /hello` that took 12 ms just now; whatever `overrides` says differs. */
export function jsonSpan(
  attributes: Readonly<Record<string, unknown>> = {},
  overrides: JsonSpan = {},
): JsonSpan {
  const start = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'GET /hello',
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 12_000_000n),
    attributes: keyValues({ 'http.request.method': 'GET', 'url.path': '/hello', ...attributes }),
    ...overrides,
  };
}

/** The spans of one application. */
export function resourceSpans(
  spans: readonly unknown[],
  resource: Readonly<Record<string, unknown>> = { 'service.name': 'shop' },
): JsonSpan {
  return { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: 'test' }, spans }] };
}

/** `ExportTraceServiceRequest` of one application. */
export function traceRequest(...spans: readonly unknown[]): JsonSpan {
  return { resourceSpans: [resourceSpans(spans)] };
}
