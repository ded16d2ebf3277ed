import { endpointName, eventTime, isError, type StoredEvent } from '../../event/event.ts';
import { groupBy } from '../../nested-maps.ts';
import type {
  ConsumerFigures,
  ConsumerKind,
  ConsumerList,
  ConsumerOrder,
  ConsumersQuery,
} from '../questions/consumer-list.ts';
import { finder } from '../filter/search.ts';
import { compare, percentilesOf } from './figures.ts';

const VALUES: Readonly<Record<ConsumerKind, (event: StoredEvent) => string | null>> = {
  consumer: (event) => event.consumer,
  group: (event) => event.consumerGroup,
  client: (event) => event.sourceIp,
};

const ORDERS: Readonly<Record<ConsumerOrder, (figures: ConsumerFigures) => number>> = {
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  error_rate: ({ errors, requests }) => errors / requests,
  p95: ({ p95 }) => p95 ?? -1,
  endpoints: ({ endpoints }) => endpoints,
  first_seen: ({ firstSeen }) => firstSeen,
  last_seen: ({ lastSeen }) => lastSeen,
};

/**
 * Answers a {@link ConsumersQuery}.
 *
 * @param events - that match it
 * @param earlier - in which they could have been seen before; undefined where these were not kept
 */
export function listConsumers(
  events: readonly StoredEvent[],
  earlier: readonly StoredEvent[] | undefined,
  query: ConsumersQuery,
): ConsumerList {
  const valueOf = VALUES[query.by];
  const seen = earlier && new Set(earlier.map(valueOf));
  const orderOf = ORDERS[query.order];
  const found = [...groupBy(events, valueOf)]
    .flatMap(([value, group]) =>
      value !== null && isFound(value, group, query)
        ? [figuresOf(value, group, query.by, seen ? !seen.has(value) : null)]
        : [],
    )
    .sort((a, b) => orderOf(b) - orderOf(a) || b.requests - a.requests || compare(a.value, b.value));
  return {
    estimated: false,
    consumers: found.slice(0, query.limit),
    total: found.length,
    newcomers: seen ? found.filter(({ isNew }) => isNew).length : null,
  };
}

function isFound(value: string, group: readonly StoredEvent[], { by, search }: ConsumersQuery): boolean {
  const labels = by === 'consumer' ? group.flatMap(({ consumerLabel }) => consumerLabel ?? []) : [];
  return [value, ...labels].some(finder(search));
}

function figuresOf(
  value: string,
  group: readonly StoredEvent[],
  by: ConsumerKind,
  isNew: boolean | null,
): ConsumerFigures {
  const times = group.map(eventTime);
  const isConsumer = by === 'consumer';
  return {
    value,
    label: isConsumer ? latest(group, (event) => event.consumerLabel) : null,
    group: isConsumer ? latest(group, (event) => event.consumerGroup) : null,
    requests: group.length,
    errors: group.filter(isError).length,
    p95: percentilesOf(group).p95,
    endpoints: new Set(group.map((event) => JSON.stringify([event.method, endpointName(event)]))).size,
    firstSeen: times.reduce((a, b) => Math.min(a, b)),
    lastSeen: times.reduce((a, b) => Math.max(a, b)),
    isNew,
  };
}

/** What was given last. */
function latest(
  events: readonly StoredEvent[],
  textOf: (event: StoredEvent) => string | null,
): string | null {
  const given = events.filter((event) => textOf(event) !== null);
  const last = given.toSorted((a, b) => eventTime(b) - eventTime(a) || b.id - a.id)[0];
  return last === undefined ? null : textOf(last);
}
