import { OUTCOMES, SYNTHETIC_TYPES, type Outcome } from '../../event/event.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import {
  hexParameter,
  numberParameter,
  parameter,
  pseudonymParameter,
  searchParameter,
  textParameter,
  timeParameter,
  wordParameter,
  type Parameters,
} from './parameters.ts';

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

/** {@link MemberParameters}. */
export const MEMBER_PARAMETERS: Parameters<MemberParameters> = {
  client_id: textParameter(),
  method: textParameter(),
  endpoint: textParameter(),
  endpoint_contains: searchParameter(),
  path: textParameter(),
  status: parameter('a status code such as 404, a class such as 4xx, or none', parseStatus),
  outcome: wordParameter([...OUTCOMES, 'none']),
  failed: wordParameter(['true', 'false']),
  error_type: textParameter(),
  source_ip: pseudonymParameter(),
  user_id: textParameter(),
  session_id: textParameter(),
  trace_id: hexParameter(32),
  synthetic: wordParameter([...SYNTHETIC_TYPES, 'any', 'none']),
  release: textParameter(),
  environment: textParameter(),
  consumer: textParameter(),
  consumer_group: textParameter(),
  latency_ms_min: numberParameter(),
  latency_ms_max: numberParameter(),
  metric: textParameter(),
  metric_equals: searchParameter(),
  metric_min: numberParameter(),
  metric_max: numberParameter(),
};

/** {@link FilterParameters}. */
export const FILTER_PARAMETERS: Parameters<FilterParameters> = {
  since: timeParameter(),
  until: timeParameter(),
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
    errorType: given.error_type,
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

/** A status code, a class such as `4xx`, or none. */
function parseStatus(text: string): NonNullable<EventFilter['status']> | undefined {
  if (text === 'none') return 'none';
  if (/^[1-9]xx$/.test(text)) return { from: Number(text[0]) * 100, to: Number(text[0]) * 100 + 99 };
  return /^\d{3}$/.test(text) ? { from: Number(text), to: Number(text) } : undefined;
}
