/** A line of OpenTelemetry: the folder in which it is installed. */
export type Sdk = 'sdk-2' | 'sdk-3';

/** In what HttpServerInstrumentation is meant to differ from HttpInstrumentation. docs/http-server.md says the same. */
export interface WantedDifference {
  readonly why: string;
  /** The titles of cases. */
  readonly cases: readonly string[];
  /** Each with what HttpInstrumentation gives and what HttpServerInstrumentation gives. */
  readonly lines: readonly string[];
  /** Only beside the HttpInstrumentation of this line. */
  readonly sdk?: Sdk;
}

const errorType = (status: number, cases: readonly string[]): WantedDifference => ({
  why: '`error.type` is on spans of every status from 500 to 599, as HttpInstrumentation has it since 0.300',
  cases,
  lines: [`spans.0.attributes.error.type: nothing → ${status}`],
  sdk: 'sdk-2',
});

const oddHost = 'a request with a `Host` that is no host keeps its path and query';
const started = (name: string, value: string): readonly string[] => [
  `spans.0.startedWith.${name}: nothing → ${value}`,
  `spans.0.attributes.${name}: nothing → ${value}`,
];

export const WANTED: readonly WantedDifference[] = [
  {
    why: oddHost,
    cases: [
      'a:b',
      ':80',
      '[::1]:x',
      '[::1',
      '::1',
      '::1:80',
      'a:1:2',
      '[a',
      '[a]:80:90',
      '[a:b]',
      'a b',
      'a b:80',
      '%zz',
      '256.256.256.256',
      '127.0.0.1:99999',
      '<x>',
    ].map((host) => `Host ${JSON.stringify(host)}`),
    lines: [...started('url.path', '/p/q'), ...started('url.query', 'r=1')],
  },
  {
    why: '`user_agent.synthetic.type` knows more than three names',
    cases: ['User-Agent of another bot'],
    lines: started('user_agent.synthetic.type', 'bot'),
  },
  errorType(500, [
    'status 500',
    'statusCode changed after the head was sent',
    'exception recorded by the application',
    ...['Express', 'Koa', 'connect', 'Fastify', 'hapi', 'restify'].map((name) => `${name} /fails`),
  ]),
  errorType(501, ['status 501']),
  errorType(503, ['status 503']),
  errorType(599, ['status 599']),
  {
    why: 'the metric of a request is not changed after the request has ended',
    cases: ['throws an Error', 'throws after the end', 'throws a string'],
    lines: ['metrics.0.attributes.http.response.status_code: 200 → nothing'],
  },
  {
    why: 'the metric of a request is not changed after the request has ended',
    cases: ['response emits error twice'],
    lines: ['metrics.0.attributes.error.type: Error → RangeError'],
  },
  {
    why: 'a hook whose promise is rejected is one that throws: reported, and nothing else',
    cases: ['hooks that are asynchronous and fail'],
    lines: ['notes.2: uncaught: a hook that fails → nothing'],
  },
  {
    why: '`throw undefined` in a handler reaches the application',
    cases: ['throws nothing'],
    lines: ['notes.0: nothing → uncaught: undefined'],
  },
  {
    why: 'requests that go to listeners of `checkContinue` and `checkExpectation` have a span and its context',
    cases: ['100-continue, listened to'],
    lines: [
      'spans: 0 → 1',
      'notes.0: checkContinue: none → checkContinue: span 0',
      'notes.1: data: none → data: span 0',
      'notes.2: end: none → end: span 0',
    ],
  },
  {
    why: 'requests that go to listeners of `checkContinue` and `checkExpectation` have a span and its context',
    cases: ['100-continue, listened to and emitted on'],
    lines: ['notes.0: checkContinue: none → checkContinue: span 0'],
  },
  {
    why: 'requests that go to listeners of `checkContinue` and `checkExpectation` have a span and its context',
    cases: ['100-continue, listened to and refused'],
    lines: ['spans: 0 → 1'],
  },
  {
    why: 'requests that go to listeners of `checkContinue` and `checkExpectation` have a span and its context',
    cases: ['another expectation, listened to'],
    lines: ['spans: 0 → 1', 'notes.0: checkExpectation: none → checkExpectation: span 0'],
  },
  {
    why: 'requests that Node answers itself have a span: 417, 400 without `Host`, 503 beyond `maxRequestsPerSocket`',
    cases: ['another expectation', 'HTTP/1.1 without Host'],
    lines: ['spans: 0 → 1'],
  },
  {
    why: 'requests that Node answers itself have a span: 417, 400 without `Host`, 503 beyond `maxRequestsPerSocket`',
    cases: ['more requests than allowed on a connection', 'more requests than allowed, pipelined'],
    lines: ['spans: 1 → 2'],
  },
  {
    why: '`url.scheme` is that of the connection, whatever server it was handed to',
    cases: ['TLS in front of a plain server'],
    lines: [
      'spans.0.startedWith.url.scheme: http → https',
      'spans.0.attributes.url.scheme: http → https',
      'metrics.0.attributes.url.scheme: http → https',
    ],
  },
  {
    why: 'HTTP/1 on a server of HTTP/2 (`allowHTTP1`) has spans',
    cases: ['HTTP/1.1 on a server of HTTP/2'],
    lines: ['spans: 0 → 1', 'notes.0: handler: none → handler: span 0'],
  },
  {
    why: 'a request that is emitted on to a second server has one span',
    cases: ['emitted on to a second server'],
    lines: ['spans: 2 → 1', 'notes.1: second: span 1 → second: span 0'],
  },
  {
    why: 'a request that is emitted on to a second server has one span',
    cases: ['emitted on to a second server that serves itself'],
    lines: ['spans: 3 → 2', 'notes.2: second: span 2 → second: span 1'],
  },
  {
    why: 'a request that is made up, without a connection, has no span',
    cases: ['emitted without a connection'],
    lines: ['spans: 1 → 0', 'notes.1: handler: span 0 → handler: none'],
  },
];
