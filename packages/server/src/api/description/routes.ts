import { MAX_INGEST_EVENTS } from '../../receive/ingest-http.ts';
import type { RouteName } from '../route-needs.ts';
import type { SchemaName } from './answers.ts';

/** The groups of routes, in order. */
export const TAGS = {
  Requests: 'Events, one by one.',
  Figures: 'What events add up to.',
  Senders: 'Who sends, and to which servers.',
  Sending: 'For those who send.',
  Files: 'Copies to take away.',
  Alerts: 'Rules, what fires, and who is told.',
  Access: 'Tokens, share links and sessions.',
  Service: 'The server itself.',
} as const;

/** A body that is not one of {@link SchemaName}, by its media type. */
interface OtherBody {
  readonly types: readonly string[];
  readonly is: string;
}

/** The body of an answer; `nothing` has none. */
type AnswerBody = SchemaName | OtherBody | 'nothing';

/** What is said of a route beside what its parameters, needs and rules say. */
export interface RouteDescription {
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  /** What else there is to know. */
  readonly more?: string;
  /** The status of success, by default 200. */
  readonly status?: number;
  readonly answer: AnswerBody;
  /** Media types beside JSON, in which the same comes and goes. */
  readonly encodings?: readonly string[];
  /** Of its own failures, by default that of all routes. */
  readonly failureSchema?: SchemaName;
  /** When it fails beside what every route of its kind does. */
  readonly failures?: Readonly<Record<number, string>>;
}

const NO_FILE = 'This server keeps no file of that kind.';
const NO_SUCH = 'There is nothing of this id.';
const NOT_HERE = 'It is from the file, or somebody else has changed it.';
const TOO_MANY = 'There are as many as there can be.';

/** Every route, in words. */
export const ROUTE_DESCRIPTIONS: Readonly<Record<RouteName, RouteDescription>> = {
  'GET /api/events': {
    tag: 'Requests',
    summary: 'A page of events',
    answer: 'EventPage',
  },
  'GET /api/events/detail': {
    tag: 'Requests',
    summary: 'One event, and what its client did before and after',
    more: 'By `id`, or by `trace_id` and `span_id`; `since` and `until` make that quicker.',
    answer: 'OneEvent',
    failures: { 404: 'There is no such event, or no longer.' },
  },
  'GET /api/live': {
    tag: 'Requests',
    summary: 'Events as they are stored',
    more: 'Server-sent events: `request` with an `Event`, after its commit, and once a second `dropped` with `{"count":n}` where more than 500 came or the reader was too slow. `alive` with `{"again_millis":n}` comes at the begin and so often: where it does not, the connection is dead.',
    answer: { types: ['text/event-stream'], is: 'Server-sent events.' },
  },
  'GET /api/summary': { tag: 'Figures', summary: 'Figures over a range', answer: 'Summary' },
  'GET /api/overview': {
    tag: 'Figures',
    summary: 'Everything about a range, or about one endpoint in it',
    more: 'By default about the last 24 hours, as the other figures of this kind are.',
    answer: 'Overview',
  },
  'GET /api/endpoints': { tag: 'Figures', summary: 'Endpoints with their figures', answer: 'Endpoints' },
  'GET /api/errors': { tag: 'Figures', summary: 'Failed requests that are alike', answer: 'Errors' },
  'GET /api/latency': {
    tag: 'Figures',
    summary: 'How latencies are spread over time, and Apdex',
    answer: 'Latency',
  },
  'GET /api/apdex-thresholds': {
    tag: 'Figures',
    summary: 'Which endpoints have a threshold of Apdex of their own',
    answer: 'ApdexThresholds',
  },
  'PUT /api/apdex-thresholds': {
    tag: 'Figures',
    summary: 'Gives an endpoint a threshold of its own, or another one',
    answer: 'ApdexThreshold',
    failures: { 409: `${TOO_MANY} Or somebody else has changed it.` },
  },
  'DELETE /api/apdex-thresholds': {
    tag: 'Figures',
    summary: 'Takes from an endpoint the threshold that it has as its own',
    answer: 'ApdexEndpoint',
    failures: { 404: 'It has none.', 409: 'Somebody else has changed it.' },
  },
  'GET /api/week': {
    tag: 'Figures',
    summary: 'How busy and how fast each hour of the week is',
    answer: 'Week',
  },
  'GET /api/clients': { tag: 'Figures', summary: 'The busiest pseudonymous clients', answer: 'Clients' },
  'GET /api/consumers': {
    tag: 'Figures',
    summary: 'Whom requests are for, with what each got',
    answer: 'Consumers',
  },
  'GET /api/releases': { tag: 'Figures', summary: 'Which releases appeared', answer: 'Releases' },
  'GET /api/custom-metrics': {
    tag: 'Figures',
    summary: 'Which custom metrics there are',
    answer: 'Metrics',
  },
  'GET /api/custom-metrics/detail': {
    tag: 'Figures',
    summary: 'Everything about one custom metric',
    answer: 'Metric',
  },
  'GET /api/values': { tag: 'Figures', summary: 'Which values there are to filter by', answer: 'Values' },
  'GET /api/sources': { tag: 'Senders', summary: 'Who sends, and what was refused', answer: 'Sources' },
  'GET /api/nodes': { tag: 'Senders', summary: 'The servers on the database', answer: 'Nodes' },
  'GET /ws/events': {
    tag: 'Sending',
    summary: 'The WebSocket of exporters',
    more: 'PROTOCOL.md has what is said on it, and `/schemas/event.json` the schema of each message. A client of event mode may leave its token to the events.',
    status: 101,
    answer: 'nothing',
    failures: { 426: 'The request is no WebSocket handshake.' },
  },
  'POST /v1/ingest/batch': {
    tag: 'Sending',
    summary: 'Stores events of gateways that keep no WebSocket',
    more: `At least once, for it has no sequence. At most ${MAX_INGEST_EVENTS} events.`,
    answer: 'Ingested',
    failures: {
      400: 'The body is no JSON object with `events`.',
      413: 'The body, or the number of events, is too large.',
    },
  },
  'POST /v1/traces': {
    tag: 'Sending',
    summary: 'Takes spans of any OpenTelemetry SDK or Collector',
    more: 'OTLP over HTTP, in either encoding, with gzip or without: SERVER spans of HTTP and RPC become events, others are dropped.',
    encodings: ['application/x-protobuf'],
    answer: 'TracesTaken',
    failureSchema: 'TracesFailure',
    failures: {
      400: 'The body is no `ExportTraceServiceRequest`.',
      401: 'There is no token, or a wrong one.',
      403: 'The token is not for sending, or for another application.',
      413: 'The body is too large.',
      415: 'The body is of another type, or compressed in another way.',
      503: 'Too much waits, or the store fails: again after `Retry-After`.',
    },
  },
  'GET /api/secret-key': {
    tag: 'Sending',
    summary: 'The key with which client addresses are hashed',
    answer: 'SecretKey',
  },
  'GET /api/export': {
    tag: 'Files',
    summary: 'Events as a file',
    answer: {
      types: ['application/x-ndjson', 'text/csv', 'application/vnd.apache.parquet'],
      is: 'A file in the format that was asked for.',
    },
    failures: { 404: NO_FILE },
  },
  'GET /api/backup': {
    tag: 'Files',
    summary: 'The database as a file',
    answer: { types: ['application/octet-stream'], is: 'A database that a server can be started with.' },
    failures: { 404: NO_FILE },
  },
  'GET /api/tokens': { tag: 'Access', summary: 'Tokens, without what makes them tokens', answer: 'Tokens' },
  'POST /api/tokens': {
    tag: 'Access',
    summary: 'Issues a token, and shows it this once',
    status: 201,
    answer: 'NewToken',
    failures: { 409: TOO_MANY },
  },
  'DELETE /api/tokens': {
    tag: 'Access',
    summary: 'Revokes a token',
    answer: 'Revoked',
    failures: { 404: 'There is no such token that could be revoked.' },
  },
  'GET /api/shares': {
    tag: 'Access',
    summary: 'Share links that are valid, without what makes them links',
    answer: 'Shares',
  },
  'POST /api/shares': {
    tag: 'Access',
    summary: 'Makes a share link, and shows its secret this once',
    status: 201,
    answer: 'NewShare',
    failures: { 409: TOO_MANY },
  },
  'DELETE /api/shares': {
    tag: 'Access',
    summary: 'Revokes a share link',
    answer: 'Revoked',
    failures: { 404: 'There is no such link.' },
  },
  'GET /api/alerts': {
    tag: 'Alerts',
    summary: 'Rules with what fires, and destinations without their secrets',
    answer: 'Alerts',
  },
  'POST /api/alerts': {
    tag: 'Alerts',
    summary: 'Makes a rule',
    status: 201,
    answer: 'AlertRule',
    failures: { 409: TOO_MANY },
  },
  'PUT /api/alerts': {
    tag: 'Alerts',
    summary: 'Puts a rule in the place of another one',
    answer: 'AlertRule',
    failures: { 404: NO_SUCH, 409: NOT_HERE },
  },
  'DELETE /api/alerts': {
    tag: 'Alerts',
    summary: 'Removes a rule',
    answer: 'Removed',
    failures: { 404: NO_SUCH, 409: NOT_HERE },
  },
  'POST /api/alerts/preview': {
    tag: 'Alerts',
    summary: 'What a rule would find in the newest window',
    more: 'Nothing is kept or sent.',
    answer: 'Readings',
  },
  'GET /api/alerts/log': {
    tag: 'Alerts',
    summary: 'What happened, the newest first, and what became of the messages',
    answer: 'AlertLog',
  },
  'POST /api/alerts/destinations': {
    tag: 'Alerts',
    summary: 'Makes a destination',
    status: 201,
    answer: 'NewDestination',
    failures: { 409: TOO_MANY },
  },
  'PUT /api/alerts/destinations': {
    tag: 'Alerts',
    summary: 'Changes a destination',
    more: 'What is left out stays as it is: nobody has to know the secret members to change the others. The kind stays, too.',
    answer: 'Destination',
    failures: { 404: NO_SUCH, 409: NOT_HERE },
  },
  'DELETE /api/alerts/destinations': {
    tag: 'Alerts',
    summary: 'Removes a destination',
    answer: 'Removed',
    failures: { 404: NO_SUCH, 409: `${NOT_HERE} Or a rule sends to it.` },
  },
  'POST /api/alerts/test': {
    tag: 'Alerts',
    summary: 'Sends a message to a destination, and says what became of it',
    answer: 'Tested',
    failures: { 404: NO_SUCH },
  },
  'GET /api/session': { tag: 'Access', summary: 'What whoever asks may do', answer: 'Session' },
  'POST /api/session': {
    tag: 'Access',
    summary: 'Signs a browser in',
    more: 'Sets the cookie of the session.',
    answer: 'Signed',
    failures: { 401: 'The token is wrong.', 403: 'The token is for sending only.' },
  },
  'DELETE /api/session': { tag: 'Access', summary: 'Ends the session of the cookie', answer: 'Signed' },
  'GET /metrics': {
    tag: 'Service',
    summary: 'Metrics of the server',
    answer: { types: ['text/plain'], is: 'The text format of Prometheus.' },
  },
  'GET /healthz': { tag: 'Service', summary: 'Whether the last commit succeeded', answer: 'Health' },
  'GET /livez': { tag: 'Service', summary: 'Whether the process answers', answer: 'Health' },
  'GET /readyz': { tag: 'Service', summary: 'Whether events are taken', answer: 'Health' },
  'GET /openapi.json': {
    tag: 'Service',
    summary: 'This description',
    answer: { types: ['application/json'], is: 'OpenAPI 3.1.' },
    failures: { 404: 'The server was built without it.' },
  },
  'GET /schemas/event.json': {
    tag: 'Service',
    summary: 'The JSON Schema of an event, and of all messages of the protocol',
    answer: { types: ['application/json'], is: 'JSON Schema 2020-12.' },
    failures: { 404: 'The server was built without it.' },
  },
};
