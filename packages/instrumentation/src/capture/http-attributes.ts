import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE, requestPath, rpcEndpoint } from '@cerberus-otel/exporter-ws/internal';

/** HTTP attributes of both generations, new names before old. */
export const HTTP_ROUTE = 'http.route';
export const STATUS_CODE = 'http.response.status_code';

function text(value: AttributeValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The request's method as the client sent it; `undefined` on a span that is not about HTTP. */
export function methodOf(attributes: Attributes): string | undefined {
  const method = text(attributes['http.request.method']);
  if (method === '_OTHER') return text(attributes['http.request.method_original']) ?? method;
  return method ?? text(attributes['http.method']);
}

/** Whether a SERVER span stands for a request that becomes an event: of HTTP, or a call of gRPC. */
export function isRequest(attributes: Attributes): boolean {
  return methodOf(attributes) !== undefined || rpcEndpoint(attributes) !== undefined;
}

/** The path as far as the span knows it, without query; `''` where it does not. */
export function pathOf(attributes: Attributes): string {
  const path = text(attributes['url.path']);
  if (path !== undefined) return path;
  const target = text(attributes['http.target']);
  return (target === undefined ? undefined : requestPath(target)) ?? rpcEndpoint(attributes) ?? '';
}

/** The socket's peer; old instrumentations name it only at the end. */
export function peerOf(attributes: Attributes): string | undefined {
  return text(attributes['network.peer.address']) ?? text(attributes['net.peer.ip']);
}

/** The status sent, or meant to be sent. */
export function statusCodeOf(attributes: Attributes): number | undefined {
  const status = attributes[STATUS_CODE] ?? attributes['http.status_code'];
  return typeof status === 'number' ? status : undefined;
}

/** Whether the route is known, from whomever. */
export function hasRoute(attributes: Attributes): boolean {
  return Object.hasOwn(attributes, HTTP_ROUTE) || Object.hasOwn(attributes, CERBERUS_ATTRIBUTE.route);
}
