import type { StoredEvent } from '../../../event/event.ts';
import { countByMinute, type MinuteCounts } from '../../figures/minute-counts.ts';
import { isErrorKind, kindOf } from './request-kind.ts';

/** A column of `minutes`, and the type of its values. */
export interface MinuteColumn {
  readonly name: string;
  readonly type: 'int8' | 'int4' | 'text' | 'int2[]' | 'int4[]';
}

/** Columns of `minutes` in the order of a row of {@link minuteRows}, without `arrived`. */
export const MINUTE_COLUMNS: readonly MinuteColumn[] = [
  { name: 'start', type: 'int8' },
  { name: 'client_id', type: 'text' },
  { name: 'method', type: 'text' },
  { name: 'endpoint', type: 'text' },
  { name: 'release', type: 'text' },
  { name: 'environment', type: 'text' },
  { name: 'synthetic', type: 'text' },
  { name: 'requests', type: 'int4' },
  { name: 'errors', type: 'int4' },
  { name: 'kinds', type: 'int2[]' },
  { name: 'counts', type: 'int4[]' },
  { name: 'buckets', type: 'int2[]' },
  { name: 'bucket_counts', type: 'int4[]' },
];

/** A value of such a row. */
export type MinuteValue = number | string | readonly (number | string)[];

/** The rows of `minutes` that tell what some events, which arrived on one day, add to their minutes. */
export function minuteRows(events: readonly StoredEvent[]): readonly (readonly MinuteValue[])[] {
  return countByMinute(events).map(rowOf);
}

function rowOf({ requests, latencies, ...keys }: MinuteCounts): readonly MinuteValue[] {
  const kinds: number[] = [];
  const counts: number[] = [];
  let all = 0;
  let errors = 0;
  for (const [outcome, byStatus] of requests) {
    for (const [statusCode, count] of byStatus) {
      const kind = kindOf(statusCode, outcome);
      kinds.push(kind);
      counts.push(count);
      all += count;
      if (isErrorKind(kind)) errors += count;
    }
  }
  return [
    keys.start,
    keys.clientId,
    keys.method,
    keys.endpoint,
    keys.release,
    keys.environment,
    keys.synthetic,
    all,
    errors,
    kinds,
    counts,
    [...latencies.keys()],
    [...latencies.values()],
  ];
}
