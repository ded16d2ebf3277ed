import type { Attributes } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE } from './attributes.ts';
import type { CerberusEvent, Outcome } from './cerberus-event.ts';
import { integerIn } from './integer.ts';
import { errorTypeOf } from './request-details.ts';
import { nonEmpty } from './server-span.ts';
import { pseudonymIn } from './source-ip.ts';
import { KIND_SERVER, STATUS_ERROR, type FinishedSpan } from './span.ts';

/** gRPC's code for a call that the client gave up. */
const CANCELLED = 1;
/**
 * The codes that are the server's fault, by number and by name: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL,
 * UNAVAILABLE and DATA_LOSS (semantic conventions for gRPC, "Status"). The others are what a 4xx is to HTTP.
 */
const SERVER_FAULTS: ReadonlySet<unknown> = new Set<unknown>([
  2,
  4,
  12,
  13,
  14,
  15,
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
]);

/**
 * A SERVER span of gRPC becomes one event: its path on the wire is `/package.Service/Method` and its method POST, its
 * HTTP status is always 200 and so left out. Nothing on the span tells the client's address, or whether the
 * connection was encrypted.
 *
 * Reads an allow-list of attributes, as `translateServerSpan` does.
 */
export function translateRpcSpan(span: FinishedSpan): CerberusEvent | undefined {
  if (span.kind !== KIND_SERVER) return undefined;
  const { attributes } = span;
  const endpoint = rpcEndpoint(attributes);
  if (endpoint === undefined || attributes[CERBERUS_ATTRIBUTE.ignored] === true) return undefined;
  const { traceId, spanId } = span.spanContext();
  const outcome = outcomeOf(attributes, span.status.code);
  return {
    sourceIp: null,
    endpoint,
    scheme: false,
    method: 'POST',
    attributes,
    startTime: span.startTime,
    statusCode: undefined,
    duration: span.duration,
    route: undefined,
    outcome,
    userId: nonEmpty(attributes[CERBERUS_ATTRIBUTE.userId]),
    consumer: pseudonymIn(attributes[CERBERUS_ATTRIBUTE.consumer]),
    consumerGroup: nonEmpty(attributes[CERBERUS_ATTRIBUTE.consumerGroup]),
    consumerLabel: nonEmpty(attributes[CERBERUS_ATTRIBUTE.consumerLabel]),
    userAgent: undefined,
    traceId,
    spanId,
    errorType: outcome === 'error' ? errorTypeOf(attributes) : undefined,
    requestBodySize: undefined,
    responseBodySize: undefined,
    protocolVersion: undefined,
    syntheticType: undefined,
  };
}

/**
 * `/package.Service/Method` of a gRPC span, undefined on any other. Older conventions have service and method in an
 * attribute each, newer ones both in `rpc.method`.
 */
export function rpcEndpoint(attributes: Attributes): string | undefined {
  if ((attributes['rpc.system.name'] ?? attributes['rpc.system']) !== 'grpc') return undefined;
  const method = nonEmpty(attributes['rpc.method']);
  if (method === undefined) return undefined;
  if (method.includes('/')) return method.startsWith('/') ? method : `/${method}`;
  const service = nonEmpty(attributes['rpc.service']);
  return service === undefined ? undefined : `/${service}/${method}`;
}

function outcomeOf(attributes: Attributes, spanStatus: number): Outcome {
  const given = attributes['rpc.response.status_code'] ?? attributes['rpc.grpc.status_code'];
  const code = integerIn(given) ?? given;
  if (code === undefined) return spanStatus === STATUS_ERROR ? 'error' : 'completed';
  if (code === CANCELLED || code === 'CANCELLED') return 'aborted';
  return SERVER_FAULTS.has(code) ? 'error' : 'completed';
}
