import type { StoredEvent } from '../../../event/event.ts';
import { countByMinute, type MinuteCounts } from '../../minute-counts.ts';
import { isErrorKind, kindOf } from './request-kind.ts';
import { MINUTE_COUNTS } from './request-family.ts';

/** Columns of `minutes` in the order of a row of {@link minuteRows}, without `arrived`. */
export const MINUTE_COLUMNS: readonly { readonly name: string; readonly type: string }[] = [
  { name: 'start', type: 'int8' },
  { name: 'client_id', type: 'text' },
  { name: 'method', type: 'text' },
  { name: 'endpoint', type: 'text' },
  ...MINUTE_COUNTS.map(({ name, type }) => ({
    name,
    type: type.replace('smallint', 'int2').replace('integer', 'int4'),
  })),
];

/** A value of such a row. */
export type MinuteValue = number | string | readonly number[];

/** The rows of `minutes` that tell what some events, which arrived on one day, add to each minute of an endpoint. */
export function minuteRows(events: readonly StoredEvent[]): readonly (readonly MinuteValue[])[] {
  return countByMinute(events).map(rowOf);
}

function rowOf({
  start,
  clientId,
  method,
  endpoint,
  requests,
  latencies,
}: MinuteCounts): readonly MinuteValue[] {
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
    start,
    clientId,
    method,
    endpoint,
    all,
    errors,
    kinds,
    counts,
    [...latencies.keys()],
    [...latencies.values()],
  ];
}
