import { HOUR_MILLIS } from '../../durations.ts';
import { endpointName, eventTime, type StoredEvent } from '../../event/event.ts';
import { groupBy } from '../../nested-maps.ts';
import { finder } from '../filter/search.ts';
import type { HourCount } from '../questions/latest-values.ts';
import type { Dimension, ValueCount, ValuesQuery } from '../questions/value-list.ts';
import { compare } from './figures.ts';

const VALUES: Readonly<Record<Dimension, (event: StoredEvent) => string | null>> = {
  client_id: (event) => event.clientId,
  method: (event) => event.method,
  endpoint: endpointName,
  path: (event) => event.endpoint,
  status: ({ statusCode }) => (statusCode === null ? null : String(statusCode)),
  outcome: (event) => event.outcome,
  error_type: (event) => event.errorType,
  source_ip: (event) => event.sourceIp,
  user_id: (event) => event.userId,
  session_id: (event) => event.sessionId,
  synthetic: (event) => event.syntheticType,
  release: (event) => event.release,
  environment: (event) => event.environment,
  consumer: (event) => event.consumer,
  consumer_group: (event) => event.consumerGroup,
};

/** The values of the events that match a question. */
export function countValues(events: readonly StoredEvent[], query: ValuesQuery): readonly ValueCount[] {
  const isFound = finder(query.search);
  const values = events.flatMap((event) => VALUES[query.of](event) ?? []);
  return [...groupBy(values, (value) => value)]
    .filter(([value]) => isFound(value))
    .map(([value, group]) => ({ value, requests: group.length }))
    .sort((a, b) => b.requests - a.requests || compare(a.value, b.value))
    .slice(0, query.limit);
}

/** How many of some events began in which hour. */
export function countHours(events: readonly StoredEvent[]): readonly HourCount[] {
  return [...groupBy(events, (event) => Math.floor(eventTime(event) / HOUR_MILLIS) * HOUR_MILLIS)].map(
    ([start, group]) => ({ start, requests: group.length }),
  );
}
