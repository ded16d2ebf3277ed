// What the filter chooses, as docs/server.md says it.
import { hasFailed, nameOf, statusClass, timeOf, type Exported } from './exported.js';

/** Parameters of the filter but for `since` and `until`, as they are in a query. */
export type Filter = Readonly<Record<string, string>>;

/** A range, milliseconds since the epoch, half-open. */
export interface Range {
  readonly since: number;
  readonly until: number;
}

type Condition = (event: Exported, value: string) => boolean;

const same =
  (member: keyof Exported): Condition =>
  (event, value) =>
    event[member] === value;

/** What each parameter asks for. Those of the value of a metric are in {@link hasMetric}. */
const CONDITIONS: Readonly<Record<string, Condition>> = {
  client_id: same('client_id'),
  method: same('method'),
  endpoint: (event, value) => nameOf(event) === value,
  endpoint_contains: (event, value) => nameOf(event).toLowerCase().includes(value.toLowerCase()),
  path: same('endpoint'),
  status: (event, value) =>
    value === 'none' || value.endsWith('xx')
      ? statusClass(event) === value
      : event.status_code === Number(value),
  outcome: (event, value) => (event.outcome ?? 'none') === value,
  failed: (event, value) => String(hasFailed(event)) === value,
  error_type: (event, value) => (event.error_type ?? 'none') === value,
  source_ip: (event, value) => event.source_ip?.startsWith(value.toLowerCase()) === true,
  user_id: same('user_id'),
  session_id: same('session_id'),
  trace_id: same('trace_id'),
  synthetic: ({ user_agent_synthetic_type: type }, value) =>
    value === 'any' ? type !== null : (type ?? 'none') === value,
  consumer: same('consumer'),
  consumer_group: same('consumer_group'),
  release: same('service_version'),
  environment: same('deployment_environment'),
  latency_ms_min: ({ latency_ms: latency }, value) => latency !== null && latency >= Number(value),
  latency_ms_max: ({ latency_ms: latency }, value) => latency !== null && latency <= Number(value),
};

const OF_METRICS: ReadonlySet<string> = new Set(['metric', 'metric_equals', 'metric_min', 'metric_max']);

/** Whether an event is in a range. */
export function isWithin(event: Exported, { since, until }: Range): boolean {
  return timeOf(event) >= since && timeOf(event) < until;
}

/** Whether all that a filter asks for holds. */
export function isMeant(event: Exported, filter: Filter): boolean {
  const others = Object.entries(filter).filter(([name]) => !OF_METRICS.has(name));
  return (
    others.every(([name, value]) => CONDITIONS[name]?.(event, value) === true) && hasMetric(event, filter)
  );
}

function hasMetric({ custom_data: metrics }: Exported, filter: Filter): boolean {
  const { metric, metric_equals: equals, metric_min: least, metric_max: most } = filter;
  if (metric === undefined) return true;
  const value = metrics[metric] ?? null;
  if (value === null) return false;
  if (equals !== undefined && !isWritten(value, equals)) return false;
  if (least === undefined && most === undefined) return true;
  return (
    typeof value === 'number' && value >= Number(least ?? -Infinity) && value <= Number(most ?? Infinity)
  );
}

/** Whether a metric is this text, or the number or boolean that is written so. */
function isWritten(value: unknown, text: string): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && String(value) === text;
}
