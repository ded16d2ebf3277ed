import {
  hasFailed,
  latenciesOf,
  listedMethod,
  nameOf,
  partsBy,
  statusClass,
  timeOf,
  type Exported,
} from './exported.js';
import type { Range } from './filter.js';
import { scoreSpan } from './latency.js';
import { differences, inOrderOf, orderDifferences, Span, type Expected } from './matching.js';
import { latencySpans } from './percentiles.js';
import { paramsOf, type Ask, type Question } from './question.js';

const PARTS = 30;
const MINUTE = 60_000;

/** An endpoint of an application, as it is listed. */
export interface Listed {
  readonly client_id: string;
  readonly method: string | null;
  readonly endpoint: string;
}

/** What tells listed endpoints apart. */
export function keyOf({ client_id: clientId, method, endpoint }: Listed): string {
  return JSON.stringify([clientId, method, endpoint]);
}

/** As what an event is listed. */
export function listedAs(event: Exported): Listed {
  return { client_id: event.client_id, method: listedMethod(event), endpoint: nameOf(event) };
}

/** In which of the equal parts of a range a time lies. */
function partOf(time: number, { since, until }: Range): number {
  return Math.floor(((time - since) / (until - since)) * PARTS);
}

/** How many requests began in each part of the range. */
export function sparkline(events: readonly Exported[], range: Range): readonly number[] {
  const counts = Array.from({ length: PARTS }, () => 0);
  for (const event of events) {
    const part = partOf(timeOf(event), range);
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}

/** The same where minutes are what is counted: one may lie in two parts, and all of it is counted in that of its begin. */
function roughSparkline(events: readonly Exported[], range: Range): readonly Span[] {
  const surely = Array.from({ length: PARTS }, () => 0);
  const perhaps = [...surely];
  for (const event of events) {
    const time = timeOf(event);
    const parts = new Set([
      partOf(Math.max(range.since, time - (time % MINUTE)), range),
      partOf(time, range),
    ]);
    for (const part of parts) {
      perhaps[part] = (perhaps[part] ?? 0) + 1;
      if (parts.size === 1) surely[part] = (surely[part] ?? 0) + 1;
    }
  }
  return surely.map((least, part) => new Span(least, perhaps[part] ?? 0));
}

interface Row extends Listed {
  readonly requests: number;
  readonly errors: number;
  readonly client_errors: number;
  readonly apdex: number | null;
  readonly sparkline: readonly number[];
  readonly latency_ms: Readonly<Record<'p50' | 'p95' | 'p99', number | null>>;
}

/** What each order is by. */
const ORDERS: Readonly<Record<string, (row: Row) => number | null>> = {
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  error_rate: ({ errors, requests }) => errors / requests,
  client_errors: (row) => row.client_errors,
  // The worst first.
  apdex: ({ apdex }) => (apdex === null ? null : -apdex),
  p50: (row) => row.latency_ms.p50,
  p95: (row) => row.latency_ms.p95,
  p99: (row) => row.latency_ms.p99,
};

/** By what endpoints can be ordered. */
export const ENDPOINT_SORTS: readonly string[] = [...Object.keys(ORDERS), 'endpoint'];

/** How endpoints are asked for. */
interface EndpointsAsked {
  readonly sort: string;
  readonly search: string;
  readonly threshold: number;
  /** Thresholds that endpoints have as their own, by {@link keyOf}. */
  readonly own: ReadonlyMap<string, number>;
}

/** What is wrong with `/api/endpoints`, of those with a text in their names. */
export async function endpointDifferences(
  ask: Ask,
  question: Question,
  { sort, search, threshold, own }: EndpointsAsked,
): Promise<readonly string[]> {
  const { events, isEstimated, range } = question;
  const is = await ask<{ readonly endpoints: readonly Row[] }>('api/endpoints', {
    ...paramsOf(question),
    sort,
    threshold,
    limit: 5000,
    ...(search !== '' && { q: search }),
  });
  const rows = [...partsBy(events, (event) => keyOf(listedAs(event))).values()]
    .map((part) => ({ part, listed: listedAs(part[0] as Exported) }))
    .filter(({ listed }) => listed.endpoint.toLowerCase().includes(search.toLowerCase()));
  const should: Expected = {
    estimated: isEstimated,
    total: rows.length,
    endpoints: inOrderOf(rows, ({ listed }) => keyOf(listed)).map(({ part, listed }) => ({
      ...listed,
      inferred: listed.endpoint.startsWith('~/'),
      requests: part.length,
      errors: part.filter(hasFailed).length,
      client_errors: part.filter((event) => statusClass(event) === '4xx').length,
      share: Span.rounded(part.length / events.length, 8),
      sparkline: isEstimated ? roughSparkline(part, range) : sparkline(part, range),
      apdex: scoreSpan(latenciesOf(part), own.get(keyOf(listed)) ?? threshold),
      threshold_ms: own.get(keyOf(listed)) ?? threshold,
      own_threshold: own.has(keyOf(listed)),
      latency_ms: latencySpans(latenciesOf(part), isEstimated),
    })),
  };
  const { endpoints } = is;
  const sums = endpoints.filter((row) => row.sparkline.reduce((a, b) => a + b) !== row.requests);
  const names = endpoints.map(({ endpoint }) => endpoint);
  const isSorted = names.every((name, index) => name >= (names[index - 1] ?? ''));
  return [
    ...differences({ ...is, endpoints: inOrderOf(endpoints, keyOf) }, should, `endpoints by ${sort}`),
    ...sums.map((row) => `the sparkline of ${keyOf(row)} has not all of its requests`),
    ...(sort === 'endpoint'
      ? isSorted
        ? []
        : ['endpoints are not in the order of their names']
      : orderDifferences(endpoints, ORDERS[sort] ?? (() => null), `endpoints by ${sort}`)),
  ];
}
