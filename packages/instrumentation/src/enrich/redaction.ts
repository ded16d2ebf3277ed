import { SpanKind, type Attributes } from '@opentelemetry/api';

/** Where HTTP instrumentation of either generation writes the other end: of a SERVER span the client, of any other span a server. */
const PEERS = ['network.peer.address', 'net.peer.ip', 'net.sock.peer.addr'];

/** Where it writes the client, whatever the span. */
const CLIENTS = ['client.address', 'http.client_ip'];

/**
 * Headers that a user may have asked an instrumentation to copy, also as metadata of gRPC, with `-` or, in older versions, `_`: those of
 * proxies and of content delivery networks, such as `X-Forwarded-For`, `X-Real-IP`, `CF-Connecting-IP`, `X-Azure-ClientIP`,
 * `CloudFront-Viewer-Address` and `X-Envoy-External-Address`. An application that calls others may hand them on, so they are on any span.
 */
const ADDRESS_HEADER =
  /^(?:http\.request\.header|rpc\.(?:\w+\.)?request\.metadata)\.(?:.+[-_])?(?:(?:forwarded|proxied)[-_]for|forwarded|(?:[a-z]*(?:client|remote|socket|source|user))?ip(?:v[46])?|(?:client|connecting|external|forwarded|ip|original|peer|protocol|real|remote|source|user|viewer)[-_]?addr(?:ess)?)$/i;

/** Attributes that hold a URL or a request target. */
const URLS = ['url.full', 'http.url', 'http.target'];

/**
 * Takes what identifies a client out of a span that goes to other exporters: addresses, and on all spans the query, which may hold
 * anything. Old attribute names too. What is left of a URL ends before its `?` or `#`.
 */
export function redact(kind: SpanKind, attributes: Attributes): void {
  if (kind === SpanKind.SERVER) for (const name of PEERS) delete attributes[name];
  for (const name of CLIENTS) delete attributes[name];
  for (const name of Object.keys(attributes)) if (ADDRESS_HEADER.test(name)) delete attributes[name];
  delete attributes['url.query'];
  for (const name of URLS) {
    const url = attributes[name];
    if (typeof url === 'string') attributes[name] = url.replace(/[?#].*$/s, '');
  }
}
