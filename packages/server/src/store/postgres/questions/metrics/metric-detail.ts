import {
  MAX_SHARES,
  type MetricDetail,
  type MetricNumbers,
  type MetricPoint,
  type MetricQuery,
  type MetricQuestion,
} from '../../../questions/metrics.ts';
import { HOUR_MILLIS } from '../../../../durations.ts';
import { metricBucket } from '../../../figures/bucket-width.ts';
import { filledBins, linearBins } from '../../../figures/linear-bins.ts';
import { bucketStarts, fillBuckets } from '../../../figures/series.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { exactMetric } from './exact-metric.ts';
import { eventCount } from './metric-list.ts';
import type { NumberParts } from './metric-parts.ts';
import { rollupMetric } from './rollup-metric.ts';
import type { StoredState } from '../stored-state.ts';

/** Answers a {@link MetricQuestion}. */
export async function metricDetailOf(
  rows: ReadRows,
  question: MetricQuestion,
  state: StoredState,
): Promise<MetricDetail> {
  const query = { ...question, bucketMillis: question.bucketMillis ?? metricBucket(question, state.isLarge) };
  const isEstimated = state.isLarge && query.bucketMillis % HOUR_MILLIS === 0;
  const parts = isEstimated ? await rollupMetric(rows, query, state) : await exactMetric(rows, query, state);
  const shares = parts.shares.slice(0, MAX_SHARES);
  return {
    estimated: isEstimated,
    bucketMillis: query.bucketMillis,
    events: parts.events,
    allEvents: await eventCount(rows, query, state),
    numbers: parts.numbers === undefined ? null : numbersOf(parts.numbers, query),
    shares,
    others: parts.shared - shares.reduce((sum, share) => sum + share.count, 0),
    groups: query.byEndpoint ? parts.groups : undefined,
  };
}

function numbersOf({ histogram, series, ...figures }: NumberParts, query: MetricQuery): MetricNumbers {
  const { min, max } = figures;
  return {
    ...figures,
    series: fillBuckets<MetricPoint>(bucketStarts(query, query.bucketMillis), series, {
      count: 0,
      mean: null,
      p95: null,
    }),
    histogram: filledBins(linearBins(min, max), max, histogram),
  };
}
