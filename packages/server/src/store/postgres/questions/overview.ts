import type {
  Overview,
  OverviewQuery,
  RequestTotals,
  SeriesPoint,
  StatusClass,
  StatusCounts,
  Totals,
} from '../../questions/analytics.ts';
import type { AnalyticsFilter } from '../../questions/analytics-filter.ts';
import { bucketStarts, fillBuckets, previousRange } from '../../figures/series.ts';
import { isErrorKind, outcomeOf, statusCodeOf } from '../aggregates/request-kind.ts';
import type { ReadRows } from '../engine/reads.ts';
import { percentiles } from '../engine/values.ts';
import { maybeText, number, text } from '../../rows/values.ts';
import { clientCount } from './client-count.ts';
import { latenciesByTime, latencyTotals, type LatenciesByTime } from './latency-source.ts';
import { grainOf, isOfEndpoint, KINDS, PERIODS, requestsSql, type Grain } from './requests.ts';
import { rollupRange } from './rollup-range.ts';
import { isStoredBefore } from './stored-before.ts';
import type { StoredState } from './stored-state.ts';

/** Requests of one kind, in one bucket. */
interface Counted {
  readonly start: number;
  readonly kind: number;
  readonly requests: number;
}

/** Answers an {@link OverviewQuery}. */
export async function overviewOf(
  rows: ReadRows,
  query: OverviewQuery,
  state: StoredState,
): Promise<Overview> {
  const grain = grainOf(query, state);
  const { counted, methods } = await countsOf(rows, query, state, grain);
  const latencies = await latenciesByTime(rows, query, state, { width: query.bucketMillis, grain });
  const ofKind = sumsBy(counted, ({ kind }) => kind);
  return {
    estimated: state.isLarge && grain !== undefined,
    totals: {
      ...sumsOf(ofKind),
      clients: await clientCount(rows, query, state, grain !== undefined),
      latency: latencies.total,
    },
    previous: await totalsOf(rows, { ...query, ...previousRange(query) }, state),
    isPreviousKept: await isStoredBefore(rows, previousRange(query).since),
    series: seriesOf(query, counted, latencies),
    methods,
    outcomes: frequencies(ofKind, outcomeOf).map(([outcome, requests]) => ({ outcome, requests })),
    statusCodes: frequencies(ofKind, statusCodeOf).map(([statusCode, requests]) => ({
      statusCode,
      requests,
    })),
    histogram: latencies.histogram,
  };
}

async function countsOf(
  rows: ReadRows,
  query: OverviewQuery,
  state: StoredState,
  grain: Grain | undefined,
): Promise<{ readonly counted: readonly Counted[]; readonly methods: Overview['methods'] }> {
  const periods = grain === undefined ? [] : PERIODS[grain];
  const range = rollupRange(query, state, periods);
  const found = await rows(
    range
      .conditions()
      .number('width', query.bucketMillis)
      .query(
        `SELECT start, kind, method, sum(requests::float8)::bigint AS requests
         FROM (
           SELECT ms / $width * $width AS start, kind, method, requests
           FROM ${requestsSql(range, periods, KINDS, isOfEndpoint(query))} AS counts) AS c
         GROUP BY GROUPING SETS ((start, kind), (method)) ORDER BY requests DESC, method COLLATE "C"`,
      ),
  );
  const ofMethod = found.filter((row) => row['method'] !== null);
  return {
    methods: ofMethod.map((row) => ({ method: text(row['method']), requests: number(row['requests']) })),
    counted: found
      .filter((row) => maybeText(row['method']) === null)
      .map((row) => ({
        start: number(row['start']),
        kind: number(row['kind']),
        requests: number(row['requests']),
      })),
  };
}

async function totalsOf(rows: ReadRows, filter: AnalyticsFilter, state: StoredState): Promise<Totals> {
  return {
    ...(await requestTotalsOf(rows, filter, state)),
    clients: await clientCount(rows, filter, state, true),
  };
}

/** The same of the requests alone, without who made them. */
export async function requestTotalsOf(
  rows: ReadRows,
  filter: AnalyticsFilter,
  state: StoredState,
): Promise<RequestTotals> {
  const periods = state.isLarge ? PERIODS.day : PERIODS.hour;
  const range = rollupRange(filter, state, periods);
  const found = await rows(
    range.conditions().query(
      `SELECT kind, sum(requests::float8)::bigint AS requests
       FROM ${requestsSql(range, periods, KINDS, isOfEndpoint(filter))} AS counts GROUP BY kind`,
    ),
  );
  return {
    ...sumsOf(new Map(found.map((row) => [number(row['kind']), number(row['requests'])]))),
    latency: await latencyTotals(rows, filter, state),
  };
}

function seriesOf(
  query: OverviewQuery,
  counted: readonly Counted[],
  { byStart }: LatenciesByTime,
): readonly SeriesPoint[] {
  const points = new Map<number, Map<number, number>>();
  for (const { start, kind, requests } of counted) {
    const kinds = points.get(start) ?? new Map<number, number>();
    points.set(start, kinds.set(kind, requests));
  }
  const known = [...points].map(([start, kinds]): SeriesPoint => ({
    start,
    ...sumsOf(kinds),
    byStatus: statusCounts(kinds),
    latency: byStart.get(start) ?? percentiles(undefined),
  }));
  return fillBuckets<SeriesPoint>(bucketStarts(query, query.bucketMillis), known, {
    requests: 0,
    errors: 0,
    byStatus: statusCounts(new Map()),
    latency: percentiles(undefined),
  });
}

type Kinds = ReadonlyMap<number, number>;

function sumsBy(counted: readonly Counted[], keyOf: (each: Counted) => number): Kinds {
  const sums = new Map<number, number>();
  for (const each of counted) sums.set(keyOf(each), (sums.get(keyOf(each)) ?? 0) + each.requests);
  return sums;
}

function sumsOf(kinds: Kinds): Pick<Totals, 'requests' | 'errors'> {
  let requests = 0;
  let errors = 0;
  for (const [kind, count] of kinds) {
    requests += count;
    if (isErrorKind(kind)) errors += count;
  }
  return { requests, errors };
}

function statusCounts(kinds: Kinds): StatusCounts {
  const counts: Record<StatusClass, number> = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
  for (const [kind, count] of kinds) counts[statusClass(statusCodeOf(kind))] += count;
  return counts;
}

function statusClass(statusCode: number | null): StatusClass {
  const first = Math.min(5, Math.floor((statusCode ?? 0) / 100));
  return first < 2 ? 'none' : (`${first}xx` as StatusClass);
}

/** How often each value occurs, the most frequent first, then in order of the value, null last. */
function frequencies<T extends string | number | null>(
  kinds: Kinds,
  valueOf: (kind: number) => T,
): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>();
  for (const [kind, count] of kinds) counts.set(valueOf(kind), (counts.get(valueOf(kind)) ?? 0) + count);
  return [...counts].sort(([a, countA], [b, countB]) => {
    if (countA !== countB) return countB - countA;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -1 : 1;
  });
}
