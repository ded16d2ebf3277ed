import { DOUBLE } from '@duckdb/node-api';

import {
  MAX_METRIC_ENDPOINTS,
  MAX_SHARES,
  type MetricDetail,
  type MetricGroup,
  type MetricList,
  type MetricNumbers,
  type MetricPoint,
  type MetricQuery,
  type MetricShare,
  type MetricsQuery,
} from '../../questions/metrics.ts';
import { filledBins, linearBins } from '../../figures/linear-bins.ts';
import { bucketStarts, fillBuckets } from '../../figures/series.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { maybe, maybeText, number, text, type Row } from '../../rows/values.ts';
import type { MetricSource, MetricUses } from './metric-source.ts';
import { bindSearch, foundSql } from './search.ts';

const SHARED = `type IN ('boolean', 'string')`;

function ofType(type: string): string {
  return `coalesce(sum(events) FILTER (WHERE type = '${type}'), 0)::BIGINT AS "${type}"`;
}

/** Lists the custom metrics. */
export async function metricListOf(
  rows: ReadRows,
  { search, limit }: MetricsQuery,
  source: MetricUses,
): Promise<MetricList> {
  const conditions = bindSearch(source.conditions(), 'search', search).number('limit', limit);
  const found = await rows(
    conditions.query(
      `SELECT name, count(*) OVER () AS total, sum(events)::BIGINT AS events, ${ofType('number')}, ${ofType('boolean')}, ${ofType('string')},
              ${ofType('list')}
       FROM ${source.uses} WHERE ${foundSql('name', 'search', search)} GROUP BY name
       ORDER BY events DESC, name LIMIT $limit`,
    ),
  );
  return {
    estimated: source.estimated,
    metrics: found.map((row) => ({
      name: text(row['name']),
      types: {
        number: number(row['number']),
        boolean: number(row['boolean']),
        string: number(row['string']),
        list: number(row['list']),
      },
      events: number(row['events']),
    })),
    total: number(found[0]?.['total']),
    events: await eventsOf(rows, source, source.events),
  };
}

/** Answers a {@link MetricQuery}. */
export async function metricDetailOf(
  rows: ReadRows,
  query: MetricQuery,
  source: MetricSource,
): Promise<MetricDetail> {
  return {
    estimated: source.estimated,
    bucketMillis: query.bucketMillis,
    events: await eventsOf(rows, source, source.values),
    allEvents: await eventsOf(rows, source, source.events),
    numbers: await numbersOf(rows, query, source),
    ...(await sharesOf(rows, source)),
    groups: query.byEndpoint ? await groupsOf(rows, source) : undefined,
  };
}

async function eventsOf(
  rows: ReadRows,
  source: Pick<MetricSource, 'conditions'>,
  relation: string,
): Promise<number> {
  const [row] = await rows(
    source.conditions().query(`SELECT coalesce(sum(events), 0)::BIGINT AS events FROM ${relation}`),
  );
  return number(row?.['events']);
}

async function numbersOf(
  rows: ReadRows,
  query: MetricQuery,
  source: MetricSource,
): Promise<MetricNumbers | null> {
  const [totals = {}] = await rows(source.conditions().query(`FROM ${source.numbers({})}`));
  if (number(totals['count']) === 0) return null;
  const min = number(totals['min']);
  const max = number(totals['max']);
  return {
    count: number(totals['count']),
    min,
    max,
    mean: number(totals['mean']),
    p50: number(totals['p50']),
    p95: number(totals['p95']),
    series: await pointsOf(rows, query, source),
    histogram: await histogramOf(rows, source, min, max),
  };
}

async function pointsOf(
  rows: ReadRows,
  query: MetricQuery,
  source: MetricSource,
): Promise<MetricNumbers['series']> {
  const start = '(ms // $width) * $width';
  const found = await rows(
    source
      .conditions()
      .number('width', query.bucketMillis)
      .query(`SELECT start, count, mean, p95 FROM ${source.numbers({ start })}`),
  );
  const points = found.map((row) => ({
    start: number(row['start']),
    count: number(row['count']),
    mean: maybe(row['mean']),
    p95: maybe(row['p95']),
  }));
  return fillBuckets<MetricPoint>(bucketStarts(query, query.bucketMillis), points, {
    count: 0,
    mean: null,
    p95: null,
  });
}

async function histogramOf(
  rows: ReadRows,
  source: MetricSource,
  min: number,
  max: number,
): Promise<MetricNumbers['histogram']> {
  const bins = linearBins(min, max);
  const found = await rows(
    source
      .conditions()
      .value('min', DOUBLE, bins.min)
      .value('width', DOUBLE, bins.width)
      .number('last', bins.count - 1)
      .query(
        `SELECT greatest(0, least($last, ceil((number - $min) / $width) - 1))::INTEGER AS bin,
                sum(count)::BIGINT AS count
         FROM ${source.numberCounts} GROUP BY bin`,
      ),
  );
  return filledBins(bins, max, new Map(found.map((row) => [number(row['bin']), number(row['count'])])));
}

async function sharesOf(
  rows: ReadRows,
  source: MetricSource,
): Promise<Pick<MetricDetail, 'shares' | 'others'>> {
  const found = await rows(
    source.conditions().query(
      `SELECT value, sum(events)::BIGINT AS count, (sum(sum(events)) OVER ())::BIGINT AS "all"
       FROM ${source.values} WHERE ${SHARED} GROUP BY value
       ORDER BY value IS NULL, count DESC, value LIMIT ${MAX_SHARES + 1}`,
    ),
  );
  const shares = found.flatMap(toShare).slice(0, MAX_SHARES);
  const listed = shares.reduce((sum, share) => sum + share.count, 0);
  return { shares, others: number(found[0]?.['all']) - listed };
}

async function groupsOf(rows: ReadRows, source: MetricSource): Promise<readonly MetricGroup[]> {
  const found = await rows(
    source.conditions().query(
      `SELECT e.*, n.mean, n.p95, t.value, t.count
       FROM (
         SELECT method, path, sum(events)::BIGINT AS events FROM ${source.values} GROUP BY method, path
         ORDER BY events DESC, path, method LIMIT ${MAX_METRIC_ENDPOINTS}) AS e
       LEFT JOIN ${source.numbers({ method: 'method', path: 'path' })} AS n USING (method, path)
       LEFT JOIN (
         SELECT method, path, value, sum(events)::BIGINT AS count
         FROM ${source.values} WHERE ${SHARED} AND value IS NOT NULL GROUP BY method, path, value
         QUALIFY row_number() OVER (PARTITION BY method, path ORDER BY sum(events) DESC, value) = 1
       ) AS t USING (method, path)
       ORDER BY e.events DESC, path, method`,
    ),
  );
  return found.map((row) => ({
    method: text(row['method']),
    endpoint: text(row['path']),
    events: number(row['events']),
    mean: maybe(row['mean']),
    p95: maybe(row['p95']),
    top: toShare(row)[0] ?? null,
  }));
}

/** Values travel as JSON text, so that `true` and `"true"` stay apart. NULL stands for those that were not kept. */
function toShare(row: Row): readonly MetricShare[] {
  const json = maybeText(row['value']);
  return json === null ? [] : [{ value: JSON.parse(json) as boolean | string, count: number(row['count']) }];
}
