import { DAY_MILLIS, HOUR_MILLIS } from '../../../durations.ts';
import { ENDPOINT_NAME, IS_ERROR } from '../engine/conditions.ts';
import { clientRowsSql, unsortedClientRowsSql } from './client-family.ts';
import { CLIENT_KEY, registerSql, SKETCH_PLACE } from './client-sketch.ts';
import { CONSUMERS_OF_BATCH, consumerRowsSql, consumerTotalsSql } from './consumer-family.ts';
import { ERRORS_OF_BATCH } from './error-family.ts';
import { arraySql } from './families.ts';
import { latencyBucketSql, metricBucketSql } from './log-bucket-sql.ts';
import { TEXTS_OF_STEP } from './metric-family.ts';
import { METRICS_JSON, metricNumberSql, metricTypeSql } from './metric-sql.ts';
import { KIND_IS_ERROR, KIND_OF_EVENT } from './request-kind.ts';
import {
  DAY_CLIENT_TOTALS,
  DAY_CLIENTS,
  DAY_CONSUMER_TOTALS,
  DAY_CONSUMERS,
  DAY_METRICS,
  DAY_TOTALS,
  DAYS,
  HOUR_CLIENT_TOTALS,
  HOUR_CONSUMER_TOTALS,
  HOUR_ERRORS,
  HOUR_METRIC_TOTALS,
  HOUR_METRICS,
  HOUR_TOTALS,
  HOURS,
  type AggregateTable,
} from './tables.ts';

/** Enough to see whether metrics are often the same. */
const SAMPLE_EVENTS = 512;

/** Longest JSON text of a value that is kept. */
const MAX_TEXT_CHARACTERS = 66;

const HOUR = `event_time / ${HOUR_MILLIS} * ${HOUR_MILLIS}`;
const DAY = `start / ${DAY_MILLIS} * ${DAY_MILLIS}`;

/** What a request comes from, and what asked; empty texts where the event does not say it. */
const ORIGIN = 'release, environment, synthetic';
const ORIGIN_OF_EVENT = `coalesce(service_version, '') AS release, coalesce(deployment_environment, '') AS environment,
           coalesce(user_agent_synthetic_type, '') AS synthetic`;

/** Keys of all endpoints together, and of an hour at an endpoint. */
const TOTAL = `client_id, ${ORIGIN}`;
const KEYS = `start, client_id, method, endpoint, ${ORIGIN}`;

/** The events of batches that arrived on one day: `$arrived`, and `$low` and `$high`, ids from and below. */
const EVENTS = `
  SELECT e.* FROM unnest($low, $high) AS ids(low, high), LATERAL (
    SELECT ${HOUR} AS start, event_time, id, client_id, method, ${ENDPOINT_NAME} AS endpoint, ${ORIGIN_OF_EVENT}, ${KIND_OF_EVENT} AS kind,
           ${IS_ERROR} AS is_error, ${latencyBucketSql('latency_ms')} AS bucket, source_ip, custom_data,
           error_type, consumer, consumer_group, consumer_label
    FROM events WHERE arrived = $arrived AND id >= low AND id < high OFFSET 0) AS e`;

/** What each client did in an hour at an endpoint. */
const CLIENTS = `
  SELECT *, ${CLIENT_KEY} AS client FROM (
    SELECT ${KEYS}, source_ip, count(*) AS requests, count(*) FILTER (WHERE is_error) AS errors, max(event_time) AS seen
    FROM batch WHERE source_ip IS NOT NULL GROUP BY ${KEYS}, source_ip) AS counted`;

/** Clients of longer periods, or of all endpoints. */
function clientsBy(start: string, keys: string, hasAddresses: boolean): string {
  const relation = `(
    SELECT ${start} AS start, ${keys}, client, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
           max(seen) AS seen ${hasAddresses ? ', source_ip AS address' : ''}
    FROM batch_clients GROUP BY 1, ${keys}, client ${hasAddresses ? ', source_ip' : ''})`;
  return clientRowsSql(relation, `start, ${keys}`, hasAddresses);
}

/** Consumers of an endpoint, as they are; they add up, too. */
const CONSUMERS_OF_DAY = consumerRowsSql(
  `(SELECT ${DAY} AS start, client_id, method, endpoint, consumer, consumer_group, consumer_label, requests, errors, first_seen, last,
           latencies, endpoints
    FROM batch_consumers)`,
  'start, client_id, method, endpoint',
);

/** Clients of an endpoint, each once. They are as they are where no day of the batch has two of its hours, as nearly always: then nothing is put together. */
const HAS_ONE_HOUR_OF_DAYS = `(SELECT count(DISTINCT start) = count(DISTINCT ${DAY}) FROM new_hours)`;
const KEYS_OF_DAY = `${DAY} AS start, client_id, method, endpoint, ${ORIGIN}, client`;
const CLIENTS_OF_DAY = `(
    SELECT ${KEYS_OF_DAY}, requests, errors, seen FROM batch_clients WHERE ${HAS_ONE_HOUR_OF_DAYS}
    UNION ALL
    SELECT ${KEYS_OF_DAY}, sum(requests)::bigint, sum(errors)::bigint, max(seen) FROM batch_clients WHERE NOT ${HAS_ONE_HOUR_OF_DAYS}
    GROUP BY 1, client_id, method, endpoint, ${ORIGIN}, client)`;

const HOUR_ROWS = `
  SELECT ${KEYS}, requests, errors, kinds, counts, coalesce(buckets, '{}') AS buckets,
         coalesce(bucket_counts, '{}') AS bucket_counts, coalesce(sketch, '{}') AS sketch
  FROM (
    SELECT ${KEYS}, sum(n)::bigint AS requests, coalesce(sum(n) FILTER (WHERE ${KIND_IS_ERROR}), 0)::bigint AS errors,
           array_agg(kind) AS kinds, array_agg(n) AS counts
    FROM (SELECT ${KEYS}, kind, count(*) AS n FROM batch GROUP BY ${KEYS}, kind) AS of_kind GROUP BY ${KEYS}) AS counted
  LEFT JOIN (
    SELECT ${KEYS}, array_agg(bucket) AS buckets, array_agg(n) AS bucket_counts
    FROM (SELECT ${KEYS}, bucket, count(*) AS n FROM batch WHERE bucket IS NOT NULL GROUP BY ${KEYS}, bucket) AS of_bucket
    GROUP BY ${KEYS}) AS latencies USING (${KEYS})
  LEFT JOIN (
    SELECT ${KEYS}, array_agg(place) AS sketch
    FROM (
      SELECT ${KEYS}, max(place) AS place FROM (SELECT ${KEYS}, ${SKETCH_PLACE} AS place FROM batch_clients) AS places
      GROUP BY ${KEYS}, ${registerSql('place')}) AS registers
    GROUP BY ${KEYS}) AS clients USING (${KEYS})`;

/** What is read of metrics: each event, or where many have the same, each different text with how many events have it. */
const EACH = `SELECT ${KEYS}, custom_data, 1 AS times FROM batch`;
const DIFFERENT = `SELECT ${KEYS}, custom_data, count(*)::integer AS times FROM batch GROUP BY ${KEYS}, custom_data`;

/** Counted first, so that only groups are ranked. `OFFSET 0` keeps what is computed once from being computed wherever it is named. */
function hourMetricRows(source: string): string {
  return `
  SELECT ${KEYS}, name, ${['number', 'boolean', 'string', 'list', 'object']
    .map((type) => `coalesce(sum(n) FILTER (WHERE type = '${type}'), 0)::bigint AS ${type}s`)
    .join(', ')},
    coalesce(sum(total), 0) AS total, ${arraySql('bucket', 'smallint[]', 'bucket IS NOT NULL')} AS buckets,
    ${arraySql('n', 'bigint[]', 'bucket IS NOT NULL')} AS bucket_counts,
    ${arraySql('least', 'float8[]', 'bucket IS NOT NULL')} AS leasts,
    ${arraySql('greatest', 'float8[]', 'bucket IS NOT NULL')} AS greatests,
    ${arraySql('value', 'text[]', `value IS NOT NULL AND place <= ${TEXTS_OF_STEP}`)} AS texts,
    ${arraySql('n', 'bigint[]', `value IS NOT NULL AND place <= ${TEXTS_OF_STEP}`)} AS text_counts
  FROM (
    SELECT *, row_number() OVER (PARTITION BY ${KEYS}, name, type ORDER BY value IS NULL, n DESC, value COLLATE "C") AS place
    FROM (
      SELECT ${KEYS}, name, type, value, ${metricBucketSql('number')} AS bucket, sum(times) AS n, sum(number * times) AS total,
             min(number) AS least, max(number) AS greatest
      FROM (
        SELECT ${KEYS}, name, type, times,
               CASE type WHEN 'number' THEN ${metricNumberSql('json')} END AS number,
               CASE WHEN type IN ('boolean', 'string') AND length(json) <= ${MAX_TEXT_CHARACTERS} THEN json END AS value
        FROM (
          SELECT ${KEYS}, name, json, times, ${metricTypeSql('json')} AS type
          FROM (
            SELECT ${KEYS}, times, u.key AS name, u.value::text AS json
            FROM (${source}) AS source, json_each(${METRICS_JSON}) AS u) AS members
          WHERE json <> 'null' OFFSET 0) AS typed OFFSET 0) AS parsed
      GROUP BY ${KEYS}, name, type, value, ${metricBucketSql('number')}) AS counted) AS ranked
  GROUP BY ${KEYS}, name`;
}

function columnsOf({ keys, family }: AggregateTable): string {
  return ['start', ...keys, ...family.measures.map((measure) => measure.name)].join(', ');
}

function addSql(table: AggregateTable, rows: string): string {
  const columns = columnsOf(table);
  return `into_${table.name} AS (
    INSERT INTO ${table.name} (arrived, ${columns}) SELECT $arrived, ${columns} FROM (${rows}) AS added)`;
}

function mergedSql({ keys, family }: AggregateTable, start: string, relation: string): string {
  return family.mergedSql(relation, { start, ...Object.fromEntries(keys.map((key) => [key, key])) });
}

/**
 * SQL for whether most events have metrics that others have, too: of some at the begin of `$low[1]`, which tell it for the rest.
 */
export const REPEATS: string = `
  SELECT count(DISTINCT custom_data) * 2 <= count(*) AS repeats
  FROM (SELECT custom_data FROM events WHERE arrived = $arrived AND id >= ($low)[1] AND id < ($low)[1] + ${SAMPLE_EVENTS}) AS sample`;

/**
 * SQL for one statement that adds the events of batches to all aggregates but those of minutes. It binds `$arrived`, `$low` and
 * `$high`: arrays of ids, from and below.
 *
 * @param repeats - {@link REPEATS}; what is added does not depend on it
 */
export function addBatchesSql(repeats: boolean): string {
  return `
  WITH batch AS MATERIALIZED (${EVENTS}),
  batch_clients AS MATERIALIZED (${CLIENTS}),
  new_hours AS MATERIALIZED (${HOUR_ROWS}),
  new_days AS MATERIALIZED (SELECT *, requests AS told FROM (${mergedSql(DAYS, DAY, 'new_hours')}) AS days),
  batch_consumers AS MATERIALIZED (${CONSUMERS_OF_BATCH}),
  new_metrics AS MATERIALIZED (${hourMetricRows(repeats ? DIFFERENT : EACH)}),
  ${[
    addSql(HOURS, 'SELECT * FROM new_hours'),
    addSql(HOUR_TOTALS, mergedSql(HOUR_TOTALS, 'start', 'new_hours')),
    addSql(DAYS, 'SELECT * FROM new_days'),
    addSql(DAY_TOTALS, mergedSql(DAY_TOTALS, 'start', 'new_days')),
    addSql(HOUR_CLIENT_TOTALS, clientsBy('start', TOTAL, false)),
    addSql(DAY_CLIENT_TOTALS, clientsBy(DAY, TOTAL, true)),
    addSql(DAY_CLIENTS, unsortedClientRowsSql(CLIENTS_OF_DAY, KEYS)),
    addSql(HOUR_CONSUMER_TOTALS, consumerTotalsSql('start')),
    addSql(DAY_CONSUMER_TOTALS, consumerTotalsSql(DAY)),
    addSql(DAY_CONSUMERS, CONSUMERS_OF_DAY),
    addSql(HOUR_ERRORS, ERRORS_OF_BATCH),
    addSql(HOUR_METRICS, 'SELECT * FROM new_metrics'),
    addSql(HOUR_METRIC_TOTALS, mergedSql(HOUR_METRIC_TOTALS, 'start', 'new_metrics')),
    addSql(DAY_METRICS, mergedSql(DAY_METRICS, DAY, 'new_metrics')),
  ].join(',\n  ')}
  INSERT INTO additions (arrived, period_millis, start)
  SELECT $arrived, period, start / period * period
  FROM (SELECT DISTINCT start FROM new_hours) AS hours, (VALUES (${HOUR_MILLIS}), (${DAY_MILLIS})) AS periods(period)
  GROUP BY 1, 2, 3`;
}
