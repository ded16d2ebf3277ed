import { SpanKind, SpanStatusCode, type Attributes } from '@opentelemetry/api';
import type { SdkSpan } from '../../dist/esm/index.js';

/** A span as the SDKs' look to the processor. */
export function span(parts: Partial<SdkSpan> & { readonly attributes?: Attributes } = {}): SdkSpan {
  return {
    kind: SpanKind.INTERNAL,
    attributes: {},
    startTime: [1, 0],
    duration: [0, 0],
    status: { code: SpanStatusCode.UNSET },
    ended: false,
    spanContext: () => ({ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 1 }),
    ...parts,
  };
}

/** A SERVER span of instrumentation-http as it starts. */
export function serverSpan(attributes: Attributes = {}, parts: Partial<SdkSpan> = {}): SdkSpan {
  const own = { 'http.request.method': 'GET', 'url.path': '/x', 'network.peer.address': '203.0.113.77' };
  return span({ kind: SpanKind.SERVER, attributes: { ...own, ...attributes }, ...parts });
}
