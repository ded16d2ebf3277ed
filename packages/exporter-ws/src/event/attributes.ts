/**
 * Attributes that the span processor sets and the exporter reads. The names are a contract between the two
 * packages and, for `cerberus.metric.*`, with the application.
 */
export const CERBERUS_ATTRIBUTE = {
  /** 64 lower-case hex digits: HMAC-SHA256 of the client address. */
  sourceIp: 'cerberus.source_ip',
  /** Pseudonymous user, or as given with `userId: 'raw'`. */
  userId: 'cerberus.user_id',
  /** Pseudonym of the consumer. */
  consumer: 'cerberus.consumer',
  /** The consumer's group, as given. */
  consumerGroup: 'cerberus.consumer_group',
  /** What people call the consumer, as given. */
  consumerLabel: 'cerberus.consumer_label',
  /** `completed`, `aborted` or `error`. */
  outcome: 'cerberus.outcome',
  /** `http` or `https`, as the client saw it. */
  scheme: 'cerberus.scheme',
  /** True for a request that `ignorePaths` leaves out: a processor without an exporter cannot hold its span back. */
  ignored: 'cerberus.ignored',
  /** True on a span that is recorded only because of `CerberusSampler`: without it there would have been no span. */
  recordedOnly: 'cerberus.recorded_only',
  /** The raw request path, without query or fragment. */
  endpoint: 'cerberus.endpoint',
  /** The route, where the application's router says it and no instrumentation does. */
  route: 'cerberus.route',
  /** The class of the exception behind a failed request, where the span's own `error.type` is none or a status. */
  errorType: 'cerberus.error_type',
  /** Bytes that the request's `Content-Length` announced. */
  requestBodySize: 'cerberus.request_body_size',
  /** Bytes that the response's `Content-Length` announced. */
  responseBodySize: 'cerberus.response_body_size',
  /** `bot` or `test`, from the user agent, which is not kept. */
  syntheticType: 'cerberus.synthetic_type',
} as const;

/** `span.setAttribute('cerberus.metric.items', 3)` becomes `custom_data.items`. */
export const METRIC_PREFIX = 'cerberus.metric.';
