import type { EndpointKey } from '../../../questions/analytics-filter.ts';
import { type Row, maybe, maybeText, number, text } from '../../../rows/values.ts';
import type { MetricGroup, MetricNumbers, MetricPoint, MetricShare } from '../../../questions/metrics.ts';

/** What is known of a metric. */
export interface MetricParts {
  /** Events that have it. */
  readonly events: number;
  readonly numbers: NumberParts | undefined;
  /** Booleans and texts, at most one more than are listed. */
  readonly shares: readonly MetricShare[];
  /** How often it was a boolean or a text. */
  readonly shared: number;
  /** At most so many as are listed; none where nobody asked. */
  readonly groups: readonly MetricGroup[];
}

/** Of its numbers. */
export interface NumberParts extends Omit<MetricNumbers, 'histogram'> {
  /** By bin. */
  readonly histogram: ReadonlyMap<number, number>;
}

/** SQL for one relation's rows as one JSON value. */
export function jsonRows(sql: string): string {
  return `(SELECT coalesce(json_agg(part), '[]') FROM (${sql}) AS part)`;
}

/** A bucket of time: `start`, `count`, `mean` and `p95`. */
export function toPoint(row: Row): MetricPoint {
  return {
    start: number(row['start']),
    count: number(row['count']),
    mean: maybe(row['mean']),
    p95: maybe(row['p95']),
  };
}

/** Values travel as JSON text, so that `true` and `"true"` stay apart. None for NULL. */
export function toShare(row: Row): readonly MetricShare[] {
  const json = maybeText(row['value']);
  return json === null ? [] : [{ value: JSON.parse(json) as boolean | string, count: number(row['count']) }];
}

/** An endpoint: `method`, `path`, `events`, `mean`, `p95`, `value` and `count`. */
export function toGroup(row: Row): MetricGroup {
  return {
    ...endpointOf(row),
    events: number(row['events']),
    mean: maybe(row['mean']),
    p95: maybe(row['p95']),
    top: toShare(row)[0] ?? null,
  };
}

function endpointOf(row: Row): EndpointKey {
  return { method: text(row['method']), endpoint: text(row['path']) };
}
