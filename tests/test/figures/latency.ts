// How latencies are spread over time, Apdex, and the hours of the week.
import { iso, latenciesOf, partsBy, timeOf, type Exported } from './exported.js';
import { differences, Span, type Expected } from './matching.js';
import { binCounts, binDifferences, bucketsOf, inBuckets } from './overview.js';
import { latencySpans } from './percentiles.js';
import { paramsOf, type Ask, type Question } from './question.js';

/** What lies so little above a threshold may count as at it. */
const ABOVE = 1.04;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** How many latencies are in which part of Apdex, and the score. */
export interface ApdexCounts {
  readonly satisfied: number;
  readonly tolerating: number;
  readonly frustrated: number;
}

/** The score of counts; `null` of none. */
export function apdexScore({ satisfied, tolerating, frustrated }: ApdexCounts): number | null {
  const all = satisfied + tolerating + frustrated;
  return all === 0 ? null : (satisfied + 0.5 * tolerating) / all;
}

/** What the counts may be. */
function apdexSpans(
  latencies: readonly number[],
  threshold: number,
): Readonly<Record<keyof ApdexCounts, Span>> {
  const upTo = (millis: number): number => latencies.filter((latency) => latency <= millis).length;
  const all = latencies.length;
  const [fine, bearable] = [upTo(threshold), upTo(4 * threshold)];
  const [roughlyFine, roughlyBearable] = [upTo(ABOVE * threshold), upTo(ABOVE * 4 * threshold)];
  return {
    satisfied: new Span(fine, roughlyFine),
    tolerating: new Span(bearable - roughlyFine, roughlyBearable - fine),
    frustrated: new Span(all - roughlyBearable, all - bearable),
  };
}

/** What the score may be; `null` of nothing. */
export function scoreSpan(latencies: readonly number[], threshold: number): Span | null {
  if (latencies.length === 0) return null;
  const scoreAt = (millis: number): number =>
    latencies.filter((latency) => latency <= millis).length / latencies.length;
  const least = 0.5 * (scoreAt(threshold) + scoreAt(4 * threshold));
  const most = 0.5 * (scoreAt(ABOVE * threshold) + scoreAt(ABOVE * 4 * threshold));
  return new Span(Span.rounded(least, 4).least, Span.rounded(most, 4).most);
}

interface Spread {
  readonly bucket_millis: number;
  readonly apdex: ApdexCounts & { readonly score: number | null };
  readonly bins: readonly { readonly from: number; readonly to: number; readonly requests: number }[];
  readonly heat: readonly { readonly start: string; readonly requests: readonly number[] }[];
}

/** What is wrong with `/api/latency`. @param isOwn - the threshold is that of the endpoint, and the question says none */
export async function latencyDifferences(
  ask: Ask,
  question: Question,
  threshold: number,
  isOwn = false,
): Promise<readonly string[]> {
  const is = await ask<Spread>('api/latency', { ...paramsOf(question), ...(!isOwn && { threshold }) });
  const latencies = latenciesOf(question.events);
  const score = apdexScore(is.apdex);
  const { satisfied, tolerating, frustrated } = is.apdex;
  const all = satisfied + tolerating + frustrated;
  const should: Expected = {
    apdex: {
      threshold_ms: threshold,
      ...(isOwn && { own_threshold_ms: threshold }),
      ...apdexSpans(latencies, threshold),
      score: score === null ? null : Span.rounded(score, 4),
    },
    bins: binCounts(is.bins, latencies).map((requests) => ({ requests })),
    heat: inBuckets(question, is.bucket_millis).map((part, index) => ({
      start: iso(bucketsOf(question, is.bucket_millis)[index] ?? 0),
      requests: binCounts(is.bins, latenciesOf(part)),
    })),
  };
  return [
    ...differences(is, should, 'latency'),
    ...binDifferences(is.bins, latencies, 'latency.bins'),
    ...(all === latencies.length ? [] : [`Apdex is of ${all} requests, not of ${latencies.length}`]),
  ];
}

/** The hour of the week in which an event began: the day, 1 is Monday, and the hour. */
function hourOfWeek(event: Exported, zone: string): string {
  // An hour of UTC is put whole where it begins: zones with half hours are told no finer.
  const begin = new Date(timeOf(event) - (timeOf(event) % 3_600_000));
  const [day = '', hour = ''] = begin
    .toLocaleString('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
    .split(/,? /);
  return JSON.stringify([DAYS.indexOf(day) + 1, Number(hour)]);
}

/** An hour of the week, and the requests of all of these that have a latency. */
export interface WeekHour {
  readonly weekday: number;
  readonly hour: number;
  readonly latencies: readonly number[];
}

/** The hours that have any, in their order. */
export function weekHours(events: readonly Exported[], zone: string): readonly WeekHour[] {
  const parts = partsBy(
    events.filter(({ latency_ms: latency }) => latency !== null),
    (event) => hourOfWeek(event, zone),
  );
  return [...parts]
    .map(([key, part]) => {
      const [weekday = 0, hour = 0] = JSON.parse(key) as number[];
      return { weekday, hour, latencies: latenciesOf(part) };
    })
    .toSorted((a, b) => a.weekday - b.weekday || a.hour - b.hour);
}

/** What is wrong with `/api/week`. */
export async function weekDifferences(
  ask: Ask,
  question: Question,
  zone: string,
): Promise<readonly string[]> {
  const is = await ask('api/week', { ...paramsOf(question), time_zone: zone });
  const hours = weekHours(question.events, zone).map(({ weekday, hour, latencies }) => {
    const { p50, p95 } = latencySpans(latencies, true);
    return { weekday, hour, requests: latencies.length, p50, p95 };
  });
  return differences(is, { time_zone: zone, hours }, 'week');
}
