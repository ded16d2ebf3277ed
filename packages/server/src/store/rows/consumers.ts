import type { ConsumerFigures, ConsumerList } from '../questions/consumer-list.ts';
import { maybe, maybeText, number, text, type Row } from './values.ts';

/**
 * Puts a list together.
 *
 * @param estimated - the percentiles of the details are estimates
 * @param figures - columns `value`, `requests`, `errors`, `first_seen`, `last_seen`, `is_new`, and in each row `total` and `newcomers`
 * @param details - columns `value`, `p95`, `endpoints`, `label` and `consumer_group`
 */
export function toConsumerList(
  estimated: boolean,
  figures: readonly Row[],
  details: readonly Row[],
): ConsumerList {
  const named = new Map(details.map((row) => [text(row['value']), row]));
  return {
    estimated,
    consumers: figures.map((row) => toFigures(row, named.get(text(row['value'])) ?? {})),
    total: number(figures[0]?.['total']),
    newcomers: number(figures[0]?.['newcomers']),
  };
}

function toFigures(row: Row, details: Row): ConsumerFigures {
  return {
    value: text(row['value']),
    label: maybeText(details['label']),
    group: maybeText(details['consumer_group']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    p95: maybe(details['p95']),
    endpoints: number(details['endpoints']),
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
    isNew: row['is_new'] === true,
  };
}
