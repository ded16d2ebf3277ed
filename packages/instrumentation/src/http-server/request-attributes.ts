import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { syntheticTypeOf } from '../enrich/synthetic-type.ts';
import { namedClient, namedHost } from './forwarded-for.ts';
import type { Target } from './request-target.ts';

/** Methods of RFC 9110, 5789 and of `QUERY`; on a span, all others are `_OTHER`. */
const METHODS = new Set([
  'GET',
  'POST',
  'HEAD',
  'OPTIONS',
  'PUT',
  'DELETE',
  'PATCH',
  'CONNECT',
  'TRACE',
  'QUERY',
]);

/** How attributes of a request are made. */
export interface AttributeRules {
  readonly readTarget: (target: string) => Target;
  readonly enableSyntheticSourceDetection: boolean;
}

/** What a SERVER span says of its request at its start (semantic conventions for HTTP spans, 1.44). */
export function requestAttributes(
  { method, url, headers, httpVersion }: IncomingMessage,
  socket: Socket,
  rules: AttributeRules,
): Attributes {
  const scheme = 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http';
  const attributes: Attributes = { 'http.request.method': 'GET', 'url.scheme': scheme };
  if (method !== undefined) addMethod(attributes, method);
  const host = namedHost(headers, scheme);
  const peer = socket.remoteAddress;
  const client = namedClient(headers, peer);
  const { path, query } = rules.readTarget(url ?? '/');
  if (host !== undefined) attributes['server.address'] = host.name;
  if (host?.port !== undefined) attributes['server.port'] = host.port;
  if (peer !== undefined) attributes['network.peer.address'] = peer;
  if (socket.remotePort !== undefined) attributes['network.peer.port'] = socket.remotePort;
  attributes['network.protocol.version'] = httpVersion === '2.0' ? '2' : httpVersion;
  if (path !== undefined) attributes['url.path'] = path;
  if (query !== undefined) attributes['url.query'] = query;
  if (client !== undefined) attributes['client.address'] = client;
  addUserAgent(attributes, headers['user-agent'], rules);
  return attributes;
}

function addMethod(attributes: Attributes, method: string): void {
  const upper = method.toUpperCase();
  const known = METHODS.has(upper) ? upper : '_OTHER';
  attributes['http.request.method'] = known;
  if (known !== method) attributes['http.request.method_original'] = method;
}

function addUserAgent(attributes: Attributes, userAgent: string | undefined, rules: AttributeRules): void {
  if (userAgent === undefined) return;
  attributes['user_agent.original'] = userAgent;
  const type = rules.enableSyntheticSourceDetection ? syntheticTypeOf(userAgent) : undefined;
  if (type !== undefined) attributes['user_agent.synthetic.type'] = type;
}
