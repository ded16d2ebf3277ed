import type { Percentiles } from '../../event-query.ts';
import { latencyBucket } from '../../figures/log-buckets.ts';
import { edgesOf, RankedBuckets, summedCounts, type BucketCounts } from '../../figures/ranked-buckets.ts';
import type { Conditions, ParameterType } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { numbers } from '../engine/values.ts';
import { number, type Row } from '../../rows/values.ts';

const QUANTILES = [0.5, 0.95, 0.99];
const NONE: ExactPercentiles = { ofGroups: [], total: { p50: null, p95: null, p99: null } };

/** A column that events are grouped by. */
export interface KeyColumn {
  readonly name: string;
  readonly type: ParameterType & `${'bigint' | 'text'}[]`;
}

/** Events with the same keys. */
export interface CountedGroup {
  /** In the order of the columns. */
  readonly keys: readonly (number | string)[];
  readonly counts: BucketCounts;
}

/** What the exact percentiles are of. */
export interface LatencyGroups {
  /** SQL in parentheses: the columns of the keys, and `latency_ms`; more rows than those of the groups do no harm. */
  readonly events: string;
  readonly keys: readonly KeyColumn[];
  readonly groups: readonly CountedGroup[];
  /** Whether the percentiles of all groups together are wanted too. */
  readonly isTotal: boolean;
}

/** Percentiles of groups in their order, and of all together. */
export interface ExactPercentiles {
  readonly ofGroups: readonly Percentiles[];
  readonly total: Percentiles;
}

/** The arrays `buckets` and `counts` of a row. */
export function countsOfRow(row: Row | undefined): BucketCounts {
  const counts = numbers(row?.['counts']);
  return new Map(numbers(row?.['buckets']).map((bucket, index) => [bucket, counts[index] ?? 0]));
}

/**
 * Exact percentiles, without sorting everything: the counts of the buckets tell in which of them each lies, and only the latencies of
 * these are read, which are a few in a hundred. Where they are not as many as were counted, all are: who counted had another
 * logarithm, and a latency lies on the edge of two buckets.
 *
 * @param conditions - bound to what `events` names
 */
export async function exactPercentiles(
  rows: ReadRows,
  conditions: () => Conditions,
  { groups, isTotal, ...events }: LatencyGroups,
): Promise<ExactPercentiles> {
  const ranked = groups.map(({ counts }) => new RankedBuckets(counts));
  const total = new RankedBuckets(summedCounts(isTotal ? groups.map(({ counts }) => counts) : []));
  const ofTotal = total.bucketsOf(QUANTILES);
  const edges = ranked.map((each) => edgesOf(new Set([...each.bucketsOf(QUANTILES), ...ofTotal])));
  const read = await latenciesWithin(rows, conditions(), { ...events, groups, edges });
  const exact = percentilesOf(ranked, total, read);
  if (exact !== undefined) return exact;
  const all = await latenciesWithin(rows, conditions(), {
    ...events,
    groups,
    edges: groups.map(() => EVERYTHING),
  });
  const counts = all.map(countsOf);
  return (
    percentilesOf(
      counts.map((each) => new RankedBuckets(each)),
      new RankedBuckets(summedCounts(counts)),
      all,
    ) ?? NONE
  );
}

/** Sorted, by bucket. */
type Latencies = ReadonlyMap<number, Float64Array>;

const EVERYTHING = [-Infinity, Infinity];

interface Wanted extends Omit<LatencyGroups, 'isTotal'> {
  /** Of each group, see {@link edgesOf}. */
  readonly edges: readonly (readonly number[])[];
}

/** The latencies of each group between its edges. They travel as bytes, for texts take longer to read than the rest. */
async function latenciesWithin(
  rows: ReadRows,
  conditions: Conditions,
  { events, keys, groups, edges }: Wanted,
): Promise<readonly Latencies[]> {
  if (groups.length === 0) return [];
  const names = keys.map(({ name }) => name);
  for (const [index, { name, type }] of keys.entries())
    conditions.value(
      `of_${name}`,
      type,
      groups.map((group) => group.keys[index]),
    );
  conditions.value(
    'edges',
    'text[]',
    edges.map((each) => `{${each.join(',')}}`),
  );
  const given = [...names.map((name) => `$of_${name}`), '$edges'].join(', ');
  const found = await rows(
    conditions.query(
      `SELECT place, string_agg(float8send(latency_ms), '') AS latencies
       FROM ${events} AS e
       JOIN (
         SELECT ${[...names, 'edges::float8[] AS edges', 'place'].join(', ')}
         FROM unnest(${given}) WITH ORDINALITY AS given(${[...names, 'edges', 'place'].join(', ')}) OFFSET 0) AS wanted
       ON ${['true', ...names.map((name) => `e.${name} = wanted.${name}`)].join(' AND ')}
       WHERE width_bucket(latency_ms, edges) % 2 = 1 GROUP BY place`,
    ),
  );
  const read = new Map(found.map((row) => [number(row['place']) - 1, row['latencies']]));
  return groups.map((_, index) => byBucket(latenciesOf(read.get(index))));
}

function latenciesOf(value: unknown): Float64Array {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  return Float64Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleBE(index * 8));
}

function byBucket(latencies: Float64Array): Latencies {
  latencies.sort();
  const found = new Map<number, Float64Array>();
  for (let begin = 0; begin < latencies.length;) {
    const bucket = latencyBucket(latencies[begin] ?? 0);
    let end = begin + 1;
    while (end < latencies.length && latencyBucket(latencies[end] ?? 0) === bucket) end += 1;
    found.set(bucket, latencies.subarray(begin, end));
    begin = end;
  }
  return found;
}

function countsOf(latencies: Latencies): BucketCounts {
  return new Map([...latencies].map(([bucket, values]) => [bucket, values.length]));
}

function merged(groups: readonly Latencies[]): Latencies {
  const buckets = new Set(groups.flatMap((group) => [...group.keys()]));
  return new Map(
    [...buckets].map((bucket) => {
      const parts = groups.flatMap((group) => group.get(bucket) ?? []);
      const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
      let begin = 0;
      for (const part of parts) {
        all.set(part, begin);
        begin += part.length;
      }
      return [bucket, all.sort()];
    }),
  );
}

function percentilesOf(
  groups: readonly RankedBuckets[],
  total: RankedBuckets,
  latencies: readonly Latencies[],
): ExactPercentiles | undefined {
  const ofGroups = groups.map((group, index) => percentilesOfOne(group, latencies[index] ?? new Map()));
  const ofAll = percentilesOfOne(total, merged(latencies));
  return ofAll !== undefined && ofGroups.every((each) => each !== undefined)
    ? { ofGroups, total: ofAll }
    : undefined;
}

function percentilesOfOne(ranked: RankedBuckets, latencies: Latencies): Percentiles | undefined {
  const [p50, p95, p99] = QUANTILES.map((q) => ranked.quantile(q, (bucket) => latencies.get(bucket) ?? []));
  return p50 === undefined || p95 === undefined || p99 === undefined ? undefined : { p50, p95, p99 };
}
