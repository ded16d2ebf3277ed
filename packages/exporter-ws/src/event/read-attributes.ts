import { CERBERUS_ATTRIBUTE, METRIC_PREFIX } from './attributes.ts';

/** Every attribute that the translators ask for, beside `cerberus.metric.*`; a test holds the two together. */
export const READ_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(CERBERUS_ATTRIBUTE).filter((name) => name !== CERBERUS_ATTRIBUTE.recordedOnly),
  'error.type',
  'http.error_name',
  'http.flavor',
  'http.method',
  'http.request.body.size',
  'http.request.method',
  'http.request.method_original',
  'http.request_content_length',
  'http.response.body.size',
  'http.response.status_code',
  'http.response_content_length',
  'http.route',
  'http.scheme',
  'http.status_code',
  'http.target',
  'http.url',
  'network.protocol.version',
  'rpc.grpc.status_code',
  'rpc.method',
  'rpc.response.status_code',
  'rpc.service',
  'rpc.system',
  'rpc.system.name',
  'url.path',
  'url.scheme',
  'user_agent.synthetic.type',
]);

/**
 * Whether an event is made of this attribute of a span, with `captureUserAgent` left off. Whoever gets spans from elsewhere need not
 * look at any other.
 */
export function isRead(name: string): boolean {
  return READ_NAMES.has(name) || name.startsWith(METRIC_PREFIX);
}
