import { OUTCOMES, SYNTHETIC_TYPES, type Outcome } from '../../event/event.ts';
import { MAX_STATUS } from '../../event/validation.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import {
  hexParameter,
  numberParameter,
  patternParameter,
  pseudonymParameter,
  searchParameter,
  textParameter,
  timeParameter,
  wordParameter,
  type Parameters,
} from './parameters.ts';
import { mapQuery, readQuery } from './reading.ts';

/** The range of a question. */
interface RangeParameters {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** What chooses among events at whatever time. */
export interface MemberParameters {
  readonly client_id?: string | undefined;
  readonly method?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly endpoint_contains?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: NonNullable<EventFilter['status']> | undefined;
  readonly outcome?: Outcome | 'none' | undefined;
  readonly failed?: 'true' | 'false' | undefined;
  readonly error_type?: string | undefined;
  readonly source_ip?: string | undefined;
  readonly user_id?: string | undefined;
  readonly session_id?: string | undefined;
  readonly trace_id?: string | undefined;
  readonly synthetic?: NonNullable<EventFilter['synthetic']> | undefined;
  readonly release?: string | undefined;
  readonly environment?: string | undefined;
  readonly consumer?: string | undefined;
  readonly consumer_group?: string | undefined;
  readonly latency_ms_min?: number | undefined;
  readonly latency_ms_max?: number | undefined;
  readonly metric?: string | undefined;
  readonly metric_equals?: string | undefined;
  readonly metric_min?: number | undefined;
  readonly metric_max?: number | undefined;
}

/** The filter: the same parameters for every question about events. */
export interface FilterParameters extends RangeParameters, MemberParameters {}

const STATUS = /^(?:none|[1-9]xx|\d{1,3})$/;

/** {@link MemberParameters}. */
export const MEMBER_PARAMETERS: Parameters<MemberParameters> = {
  client_id: textParameter('The application.'),
  method: textParameter('The HTTP method.'),
  endpoint: textParameter(
    'The name under which the endpoint is listed: the route or, without one, `(no route)`, `(other)`, a template such as `~/users/:id`, or the path.',
  ),
  endpoint_contains: searchParameter('A part of that name, in any case.'),
  path: textParameter('The path, whether there is a route or not.'),
  status: patternParameter(
    'The status of the response. `none`: no status, or one below 200; `5xx`: 500 or more.',
    'a status code such as 404, a class such as 4xx, or none',
    STATUS,
    parseStatus,
  ),
  outcome: wordParameter('How the request ended. `none`: not given.', [...OUTCOMES, 'none']),
  failed: wordParameter('`true`: what counts among errors; `false`: what does not.', ['true', 'false']),
  error_type: textParameter('The class of the error, whole. `none`: not given.'),
  source_ip: pseudonymParameter('The client: its pseudonym, or the first of its digits.'),
  user_id: textParameter('The user, whole.'),
  session_id: textParameter('The session, whole.'),
  trace_id: hexParameter('The trace.', 32),
  synthetic: wordParameter('Who asked. `any`: a bot or a test; `none`: everybody else.', [
    ...SYNTHETIC_TYPES,
    'any',
    'none',
  ]),
  release: textParameter('The release that served it: `service_version`, whole.'),
  environment: textParameter('The environment that served it, whole.'),
  consumer: textParameter('Whom it was served for: the pseudonym, whole.'),
  consumer_group: textParameter('What that belongs to, whole.'),
  latency_ms_min: numberParameter('The shortest latency, milliseconds.'),
  latency_ms_max: numberParameter('The longest latency, milliseconds.'),
  metric: textParameter('Has the custom metric of this name, with a value.'),
  metric_equals: searchParameter('And it is this text, or the number or boolean that is written so.'),
  metric_min: numberParameter('And it is a number, not below this.'),
  metric_max: numberParameter('And it is a number, not above this.'),
};

/** {@link FilterParameters}. */
export const FILTER_PARAMETERS: Parameters<FilterParameters> = {
  since: timeParameter(
    'The first instant: of the `timestamp` of an event, or of its arrival if it has none.',
  ),
  until: timeParameter('The instant before which it ends.'),
  ...MEMBER_PARAMETERS,
};

/** What the parameters of a filter mean. A text for `metric_equals` and its like goes with a `metric`; see {@link metricProblem}. */
export function filterOf(given: FilterParameters): EventFilter {
  const { metric, metric_equals: equals, metric_min: metricMin, metric_max: metricMax } = given;
  const { latency_ms_min: from, latency_ms_max: to } = given;
  return {
    since: given.since,
    until: given.until,
    clientId: given.client_id,
    method: given.method,
    endpoint: given.endpoint,
    endpointPart: given.endpoint_contains || undefined,
    path: given.path,
    status: given.status,
    outcome: given.outcome === 'none' ? null : given.outcome,
    failed: given.failed === undefined ? undefined : given.failed === 'true',
    errorType: given.error_type === 'none' ? null : given.error_type,
    client: given.source_ip,
    userId: given.user_id,
    sessionId: given.session_id,
    traceId: given.trace_id,
    synthetic: given.synthetic,
    release: given.release,
    environment: given.environment,
    consumer: given.consumer,
    consumerGroup: given.consumer_group,
    latency: from === undefined && to === undefined ? undefined : { from, to },
    metric: metric === undefined ? undefined : { name: metric, equals, from: metricMin, to: metricMax },
  };
}

/** What is wrong with parameters each of which is right; `undefined` for nothing. */
export function metricProblem(given: FilterParameters): string | undefined {
  if (given.metric !== undefined) return undefined;
  const names = ['metric_equals', 'metric_min', 'metric_max'] as const;
  const lonely = names.find((name) => given[name] !== undefined);
  return lonely === undefined ? undefined : `\`${lonely}\` goes with \`metric\`, which names the metric`;
}

/** What words of a filter mean, with the values that they have in a query. @returns the rule that is broken, as text */
export function filterOfWords(words: Readonly<Record<string, string>>): EventFilter | string {
  const parsed = mapQuery(
    readQuery(MEMBER_PARAMETERS, new URLSearchParams(words)),
    (given) => metricProblem(given) ?? filterOf(given),
  );
  return parsed.ok ? parsed.query : parsed.error;
}

/** A status code, a class such as `4xx`, or none. */
function parseStatus(text: string): NonNullable<EventFilter['status']> {
  if (text === 'none') return 'none';
  if (!text.endsWith('xx')) return { from: Number(text), to: Number(text) };
  // Nothing else is above 599, so figures count it there.
  return { from: Number(text[0]) * 100, to: text === '5xx' ? MAX_STATUS : Number(text[0]) * 100 + 99 };
}
