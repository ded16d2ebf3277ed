import type { Outcome } from '../../../event/event.ts';
import type {
  Overview,
  OverviewQuery,
  RequestTotals,
  SeriesPoint,
  StatusCounts,
  Totals,
} from '../../questions/analytics.ts';
import { binsOf } from '../../figures/log-buckets.ts';
import { bucketStarts, fillBuckets, previousRange } from '../../figures/series.ts';
import { IS_ERROR } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { percentiles } from '../engine/values.ts';
import { maybe, maybeText, number, text, type Row } from '../../rows/values.ts';
import { condensedSource } from './condensed-source.ts';
import { queryOf, type FactSource } from './source.ts';
import { isStoredBefore } from './stored-before.ts';

const REQUESTS = 'sum(requests)::BIGINT AS requests';
const ERRORS = `coalesce(sum(requests) FILTER (WHERE ${IS_ERROR}), 0)::BIGINT AS errors`;

/** Answers an {@link OverviewQuery}; `before` is the source for the range of equal length before. */
export async function overviewOf(
  rows: ReadRows,
  query: OverviewQuery,
  source: FactSource,
  before: FactSource,
): Promise<Overview> {
  const condensed = await condensedSource(rows, source, query.bucketMillis);
  return {
    estimated: source.estimated,
    totals: await totalsOf(rows, condensed),
    previous: await totalsOf(rows, before),
    isPreviousKept: await isStoredBefore(rows, previousRange(query).since),
    series: await seriesOf(rows, query, condensed),
    ...(await breakdownsOf(rows, condensed)),
    histogram: binsOf(
      (await rows(queryOf(condensed, `FROM ${condensed.histogram}`))).map((row) => [
        number(row['bucket']),
        number(row['requests']),
      ]),
    ),
  };
}

function ofClass(name: string, condition: string): string {
  return `coalesce(sum(requests) FILTER (WHERE ${condition}), 0)::BIGINT AS "${name}"`;
}

async function totalsOf(rows: ReadRows, source: FactSource): Promise<Totals> {
  const clients = `, ${source.clients} AS d`;
  const [row = {}] = await rows(
    queryOf(source, `SELECT c.*, l.latency, d.clients ${totalsSql(source)} ${clients}`),
  );
  return { ...toTotals(row), clients: number(row['clients']) };
}

/** The same of the requests alone, without who made them. */
export async function requestTotalsOf(rows: ReadRows, source: FactSource): Promise<RequestTotals> {
  const [row = {}] = await rows(queryOf(source, `SELECT c.*, l.latency ${totalsSql(source)}`));
  return toTotals(row);
}

function totalsSql(source: FactSource): string {
  return `FROM (SELECT ${REQUESTS}, ${ERRORS} FROM ${source.counts}) AS c, ${source.latencies({})} AS l`;
}

function toTotals(row: Row): RequestTotals {
  return {
    requests: number(row['requests']),
    errors: number(row['errors']),
    latency: percentiles(row['latency']),
  };
}

async function seriesOf(
  rows: ReadRows,
  query: OverviewQuery,
  source: FactSource,
): Promise<readonly SeriesPoint[]> {
  const start = '(ms // $width) * $width';
  const found = await rows(
    queryOf(
      source,
      `SELECT c.*, l.latency
       FROM (
         SELECT ${start} AS start, ${REQUESTS}, ${ERRORS},
                ${ofClass('2xx', 'status_code BETWEEN 200 AND 299')},
                ${ofClass('3xx', 'status_code BETWEEN 300 AND 399')},
                ${ofClass('4xx', 'status_code BETWEEN 400 AND 499')}, ${ofClass('5xx', 'status_code >= 500')},
                ${ofClass('none', 'coalesce(status_code, 0) < 200')}
         FROM ${source.counts} GROUP BY start) AS c
       LEFT JOIN ${source.latencies({ start })} AS l USING (start)`,
      { width: query.bucketMillis },
    ),
  );
  return fillBuckets<SeriesPoint>(bucketStarts(query, query.bucketMillis), found.map(toPoint), {
    requests: 0,
    errors: 0,
    byStatus: statusCounts({}),
    latency: percentiles(undefined),
  });
}

async function breakdownsOf(
  rows: ReadRows,
  source: FactSource,
): Promise<Pick<Overview, 'methods' | 'outcomes' | 'statusCodes'>> {
  const found = await rows(
    queryOf(
      source,
      `SELECT grouping(method, outcome, status_code) AS kind, method, outcome, status_code, ${REQUESTS}
       FROM ${source.counts} GROUP BY GROUPING SETS ((method), (outcome), (status_code))
       ORDER BY requests DESC, method, outcome, status_code`,
    ),
  );
  // One bit for each of the three that was not grouped by, the first of them the highest.
  const ofKind = (kind: number): readonly Row[] => found.filter((row) => number(row['kind']) === kind);
  return {
    methods: ofKind(0b011).map((row) => ({ method: text(row['method']), requests: number(row['requests']) })),
    outcomes: ofKind(0b101).map((row) => ({
      outcome: maybeText(row['outcome']) as Outcome | null,
      requests: number(row['requests']),
    })),
    statusCodes: ofKind(0b110).map((row) => ({
      statusCode: maybe(row['status_code']),
      requests: number(row['requests']),
    })),
  };
}

function toPoint(row: Row): SeriesPoint {
  return {
    start: number(row['start']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    byStatus: statusCounts(row),
    latency: percentiles(row['latency']),
  };
}

function statusCounts(row: Row): StatusCounts {
  return {
    '2xx': number(row['2xx']),
    '3xx': number(row['3xx']),
    '4xx': number(row['4xx']),
    '5xx': number(row['5xx']),
    none: number(row['none']),
  };
}
