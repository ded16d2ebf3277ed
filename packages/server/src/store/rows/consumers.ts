import type { ConsumerFigures, ConsumerList, ConsumerOrder } from '../questions/consumer-list.ts';
import { maybe, maybeText, number, text, type Row } from './values.ts';

/** SQL for what each order compares, the greatest first; the same in both databases. */
export const CONSUMER_ORDERS_SQL: Readonly<Record<ConsumerOrder, string>> = {
  requests: 'requests',
  errors: 'errors',
  error_rate: 'errors::float8 / requests',
  p95: 'coalesce(p95, -1)',
  endpoints: 'endpoints',
  first_seen: 'first_seen',
  last_seen: 'last_seen',
};

/**
 * Puts a list together.
 *
 * @param known - `estimated`: the percentiles of the details are estimates; `isEarlierKept`: it is known who is new
 * @param figures - columns `value`, `requests`, `errors`, `first_seen`, `last_seen`, `is_new`, and in each row `total` and `newcomers`; `p95` or
 *   `endpoints` where that decided which are listed
 * @param details - columns `value`, `p95`, `endpoints`, `label` and `consumer_group`, without what the figures have
 */
export function toConsumerList(
  { estimated, isEarlierKept }: { readonly estimated: boolean; readonly isEarlierKept: boolean },
  figures: readonly Row[],
  details: readonly Row[],
): ConsumerList {
  const named = new Map(details.map((row) => [text(row['value']), row]));
  return {
    estimated,
    consumers: figures.map((row) => ({
      ...toFigures(row, named.get(text(row['value'])) ?? {}),
      isNew: isEarlierKept ? row['is_new'] === true : null,
    })),
    total: number(figures[0]?.['total']),
    newcomers: isEarlierKept ? number(figures[0]?.['newcomers']) : null,
  };
}

function toFigures(row: Row, details: Row): Omit<ConsumerFigures, 'isNew'> {
  return {
    value: text(row['value']),
    label: maybeText(details['label']),
    group: maybeText(details['consumer_group']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    p95: maybe(details['p95'] ?? row['p95']),
    endpoints: number(details['endpoints'] ?? row['endpoints']),
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
  };
}
