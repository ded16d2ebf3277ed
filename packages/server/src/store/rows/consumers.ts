import type { ConsumerFigures, ConsumerList } from '../consumer-list.ts';
import { maybe, maybeText, number, text, type Row } from './values.ts';

/**
 * Puts a list together.
 *
 * @param figures - columns `value`, `requests`, `errors`, `p95`, `endpoints`, `first_seen`, `last_seen`, `is_new`, and in each row `total` and `newcomers`
 * @param names - columns `value`, `label` and `consumer_group`, for some of them
 */
export function toConsumerList(figures: readonly Row[], names: readonly Row[]): ConsumerList {
  const named = new Map(names.map((row) => [text(row['value']), row]));
  return {
    consumers: figures.map((row) => toFigures(row, named.get(text(row['value'])) ?? {})),
    total: number(figures[0]?.['total']),
    newcomers: number(figures[0]?.['newcomers']),
  };
}

function toFigures(row: Row, names: Row): ConsumerFigures {
  return {
    value: text(row['value']),
    label: maybeText(names['label']),
    group: maybeText(names['consumer_group']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    p95: maybe(row['p95']),
    endpoints: number(row['endpoints']),
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
    isNew: row['is_new'] === true,
  };
}
