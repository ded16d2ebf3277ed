import type { Attributes } from '@opentelemetry/api';
import type { FinishedSpan } from '../../dist/esm/index.js';

let counter = 0;

/** A finished SERVER span of `GET /hello` with its own ids; whatever `overrides` says differs. */
export function serverSpan(attributes: Attributes = {}, overrides: Partial<FinishedSpan> = {}): FinishedSpan {
  counter += 1;
  const spanId = counter.toString(16).padStart(16, '0');
  return {
    kind: 1,
    attributes: {
      'http.request.method': 'GET',
      'url.path': '/hello',
      'url.scheme': 'http',
      'http.response.status_code': 200,
      ...attributes,
    },
    startTime: [1_700_000_000, 123_456_789],
    duration: [0, 12_345_678],
    status: { code: 0 },
    spanContext: () => ({ traceId: 'a'.repeat(32), spanId, traceFlags: 1 }),
    ...overrides,
  };
}

/** `count` spans whose path is their index, so that order can be checked at the other end. */
export function numberedSpans(count: number, from = 0): FinishedSpan[] {
  return Array.from({ length: count }, (_, index) => serverSpan({ 'url.path': `/${from + index}` }));
}

export const HASH = '0123456789abcdef'.repeat(4);
