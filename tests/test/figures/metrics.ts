// Custom metrics: which there are, and each of them.
import { iso, nameOf, partsBy, type Exported } from './exported.js';
import { differences, inOrderOf, orderDifferences, Span, type Expected } from './matching.js';
import { binCounts, binDifferences, bucketsOf, inBuckets } from './overview.js';
import { percentileSpan } from './percentiles.js';
import { paramsOf, type Ask, type Question } from './question.js';

const MAX_SHARES = 20;
const TYPES = ['number', 'boolean', 'string', 'list'] as const;

type Having = readonly Exported[];

function valueOf(event: Exported, name: string): unknown {
  return event.custom_data[name] ?? null;
}

/** Events that have a metric, with a value. */
export function having(events: readonly Exported[], name: string): Having {
  return events.filter((event) => valueOf(event, name) !== null);
}

/** The numbers among the values of a metric. */
export function numbersOf(events: Having, name: string): readonly number[] {
  return events.map((event) => valueOf(event, name)).filter((value) => typeof value === 'number');
}

/** The mean; `null` of nothing. */
export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanSpan(values: readonly number[]): Span | null {
  const mean = meanOf(values);
  return mean === null ? null : Span.around(mean);
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** A boolean or a text, as JSON, and how many events have it. */
export interface Share {
  readonly json: string;
  readonly count: number;
}

/** Booleans and texts, the most frequent first. */
export function sharesOf(events: Having, name: string): readonly Share[] {
  const values = events.map((event) => valueOf(event, name));
  const shared = values.filter((value) => typeof value === 'boolean' || typeof value === 'string');
  const parts = [...partsBy(shared, (value) => JSON.stringify(value))];
  return parts.map(([json, part]) => ({ json, count: part.length })).toSorted((a, b) => b.count - a.count);
}

/** The names of all metrics. */
export function metricNames(events: readonly Exported[]): readonly string[] {
  const names = events.flatMap((event) =>
    Object.entries(event.custom_data).flatMap(([name, value]) => (value === null ? [] : [name])),
  );
  return [...new Set(names)].toSorted((a, b) => (a < b ? -1 : 1));
}

/** What is wrong with `/api/custom-metrics`. */
export async function metricListDifferences(ask: Ask, question: Question): Promise<readonly string[]> {
  const { events, isEstimated } = question;
  const is = await ask<{ readonly metrics: readonly { readonly name: string; readonly events: number }[] }>(
    'api/custom-metrics',
    { ...paramsOf(question), limit: 1000 },
  );
  const names = metricNames(events);
  const should: Expected = {
    estimated: isEstimated,
    events: events.length,
    total: names.length,
    metrics: names.map((name) => {
      const uses = having(events, name);
      const types = TYPES.map((type) => [
        type,
        uses.filter((use) => typeOf(valueOf(use, name)) === type).length,
      ]);
      return {
        name,
        events: uses.length,
        types: Object.fromEntries(types) as Record<string, number>,
        coverage: Span.rounded(uses.length / events.length, 8),
      };
    }),
  };
  return [
    ...differences({ ...is, metrics: inOrderOf(is.metrics, ({ name }) => name) }, should, 'metrics'),
    ...orderDifferences(is.metrics, (metric) => metric.events, 'metrics'),
  ];
}

interface Listed {
  readonly value: boolean | string;
  readonly count: number;
}

interface Group {
  readonly method: string;
  readonly endpoint: string;
  readonly events: number;
  readonly top: Listed | null;
}

interface Detail {
  readonly estimated: boolean;
  readonly bucket_millis: number;
  readonly numbers: {
    readonly count: number;
    readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  } | null;
  readonly shares: readonly Listed[];
  readonly groups: readonly Group[];
}

/** What is wrong with `/api/custom-metrics/detail`. */
export async function metricDifferences(
  ask: Ask,
  question: Question,
  name: string,
): Promise<readonly string[]> {
  const { events, isEstimated } = question;
  const is = await ask<Detail>('api/custom-metrics/detail', {
    ...paramsOf(question),
    name,
    group: 'endpoint',
  });
  const uses = having(events, name);
  const numbers = numbersOf(uses, name);
  const shares = sharesOf(uses, name);
  const shared = shares.slice(0, MAX_SHARES);
  const groups = [...partsBy(uses, (event) => JSON.stringify([event.method, nameOf(event)]))];
  const should: Expected = {
    estimated: isEstimated,
    events: uses.length,
    coverage: events.length === 0 ? 0 : Span.rounded(uses.length / events.length, 8),
    numbers: numbers.length === 0 ? null : numberFigures(question, name, is),
    // Of those that are as frequent, any may be first.
    shares: shared.map(({ count }) => ({ count })),
    others: shares.slice(MAX_SHARES).reduce((sum, { count }) => sum + count, 0),
    groups: inOrderOf(groups, ([key]) => key).map(([key, part]) => ({
      method: (JSON.parse(key) as string[])[0] ?? '',
      endpoint: (JSON.parse(key) as string[])[1] ?? '',
      events: part.length,
      mean: meanSpan(numbersOf(part, name)),
      p95: percentileSpan(numbersOf(part, name), 0.95, isEstimated),
      top: topOf(part, name),
    })),
  };
  const counts = new Map(shares.map(({ json, count }) => [json, count]));
  const wrong = is.shares.filter(({ value, count }) => counts.get(JSON.stringify(value)) !== count);
  const what = `metric ${name}`;
  return [
    ...differences(
      { ...is, groups: inOrderOf(is.groups, ({ method, endpoint }) => JSON.stringify([method, endpoint])) },
      should,
      what,
    ),
    ...wrong.map(({ value, count }) => `${what}: ${String(value)} is said to be there ${count} times`),
    ...orderDifferences(is.groups, (group) => group.events, `${what}.groups`),
    ...(is.numbers === null || isEstimated
      ? []
      : binDifferences(is.numbers.histogram, numbers, `${what}.histogram`)),
  ];
}

function topOf(part: Having, name: string): Expected {
  const [top] = sharesOf(part, name);
  return top === undefined ? null : { count: top.count };
}

function numberFigures(
  question: Question,
  name: string,
  { numbers: is, bucket_millis: width }: Detail,
): Expected {
  const { events, isEstimated } = question;
  const numbers = numbersOf(having(events, name), name);
  const bins = is?.histogram ?? [];
  return {
    count: numbers.length,
    min: Span.around(Math.min(...numbers)),
    max: Span.around(Math.max(...numbers)),
    mean: meanSpan(numbers),
    p50: percentileSpan(numbers, 0.5, isEstimated),
    p95: percentileSpan(numbers, 0.95, isEstimated),
    series: inBuckets(question, width).map((part, index) => {
      const values = numbersOf(having(part, name), name);
      return {
        start: iso(bucketsOf(question, width)[index] ?? 0),
        count: values.length,
        mean: meanSpan(values),
        p95: percentileSpan(values, 0.95, isEstimated),
      };
    }),
    // Estimated, a value may be in the bin beside.
    ...(!isEstimated && { histogram: binCounts(bins, numbers).map((count) => ({ count })) }),
  };
}
