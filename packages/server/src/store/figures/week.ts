import { HOUR_MILLIS } from '../../durations.ts';
import { groupBy } from '../../nested-maps.ts';
import type { LatencyCell } from '../questions/latency-cells.ts';
import { estimatedQuantile } from './latency-figures.ts';

/** An hour of the week, of all weeks of a range together. */
export interface HourOfWeek {
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** Requests that have a latency. */
  readonly requests: number;
  /** Milliseconds, within 2 %. */
  readonly p50: number | null;
  readonly p95: number | null;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether there is a time zone of that name, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * Puts latencies by hour together by the hour of the week in a time zone, whose daylight saving time counts. Where an hour of UTC is
 * none of the zone, as in Kolkata, the hour in which it begins.
 *
 * @param cells - in buckets of an hour
 * @returns the hours that have any, in their order
 */
export function hoursOfWeek(cells: readonly LatencyCell[], timeZone: string): readonly HourOfWeek[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  const placeOf = (start: number): number => {
    const parts = new Map(format.formatToParts(start).map(({ type, value }) => [type, value]));
    return WEEKDAYS.indexOf(parts.get('weekday') ?? '') * 24 + Number(parts.get('hour'));
  };
  const places = new Map(
    [...new Set(cells.map(({ start }) => start))].map((start) => [start, placeOf(start)]),
  );
  return [...groupBy(cells, ({ start }) => places.get(start) ?? 0)]
    .toSorted(([a], [b]) => a - b)
    .map(([place, group]) => ({
      weekday: Math.floor(place / 24) + 1,
      hour: place % 24,
      requests: group.reduce((sum, { count }) => sum + count, 0),
      p50: estimatedQuantile(group, 0.5),
      p95: estimatedQuantile(group, 0.95),
    }));
}

/** Width of the buckets that {@link hoursOfWeek} takes, milliseconds. */
export const WEEK_BUCKET: number = HOUR_MILLIS;
