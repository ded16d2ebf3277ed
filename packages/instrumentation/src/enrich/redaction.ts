import { SpanKind, type Attributes } from '@opentelemetry/api';

/** Where HTTP instrumentation of either generation writes the address of the client, or a header that names it. */
const ADDRESSES = [
  'client.address',
  'network.peer.address',
  'http.client_ip',
  'net.peer.ip',
  'net.sock.peer.addr',
];

/**
 * Headers that a user may have asked HttpInstrumentation to copy, with `-` or, in older versions, `_`: those of proxies and of content
 * delivery networks, such as `X-Forwarded-For`, `X-Real-IP`, `CF-Connecting-IP`, `X-Azure-ClientIP` and `X-Envoy-External-Address`.
 */
const ADDRESS_HEADER =
  /^http\.request\.header\.(?:.+[-_])?(?:(?:forwarded|proxied)[-_]for|forwarded|(?:client|socket)?ip(?:v6)?|(?:remote|client)[-_]addr|external[-_]address)$/i;

/** Attributes that hold a URL or a request target. */
const URLS = ['url.full', 'http.url', 'http.target'];

/**
 * Takes what identifies a client out of a span that goes to other exporters: on SERVER spans the addresses; on all
 * spans the query, which may hold anything. Old attribute names too. What is left of a URL ends before its `?` or `#`.
 */
export function redact(kind: SpanKind, attributes: Attributes): void {
  if (kind === SpanKind.SERVER) {
    for (const name of ADDRESSES) delete attributes[name];
    for (const name of Object.keys(attributes)) if (ADDRESS_HEADER.test(name)) delete attributes[name];
  }
  delete attributes['url.query'];
  for (const name of URLS) {
    const url = attributes[name];
    if (typeof url === 'string') attributes[name] = url.replace(/[?#].*$/s, '');
  }
}
