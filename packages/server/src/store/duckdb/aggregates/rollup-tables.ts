import { DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import { EVENT_ORDER, instantSql, IS_ERROR } from '../engine/conditions.ts';
import { metricTypeSql, METRICS_OF_EVENT } from '../engine/metric-sql.ts';
import { SKETCH_RANK, SKETCH_REGISTER } from './client-sketch.ts';
import { latencyBucketSql, metricBucketSql } from './log-bucket-sql.ts';

/** Columns by which an aggregate is kept, with their types and how they come from a row of a batch. */
type Columns = Readonly<Record<string, readonly [type: string, expression: string]>>;

/** A table of aggregates. Its rows add up: several with the same keys mean the same as one. */
export interface RollupTable {
  readonly name: string;
  readonly period: 'minute' | 'hour' | 'day';
  readonly keys: Columns;
  readonly measures: Columns;
  /** How the measures of rows with the same keys become one row. */
  readonly merged: Readonly<Record<string, string>>;
  /** What a batch is read from: `batch` or `batch_clients`, or a selection of it. */
  readonly from: string;
  /** What it is read from has one row for each combination of the keys. */
  readonly isGrouped?: true;
}

const PERIOD_MILLIS = { minute: MINUTE_MILLIS, hour: HOUR_MILLIS, day: DAY_MILLIS } as const;

/** Length of the period of a table, milliseconds. */
export function periodMillis({ period }: RollupTable): number {
  return PERIOD_MILLIS[period];
}

/** Most values of a metric that one batch keeps per hour and endpoint, and their longest text. */
const MAX_VALUES = 50;
const MAX_VALUE_CHARACTERS = 66;

/** Empty texts where events do not say it. */
const ORIGIN: Columns = {
  release: ['VARCHAR', 'release'],
  environment: ['VARCHAR', 'environment'],
  synthetic: ['VARCHAR', 'synthetic'],
};

const CLIENT_ID: Columns = { client_id: ['VARCHAR', 'client_id'] };

const ENDPOINT: Columns = {
  ...CLIENT_ID,
  method: ['VARCHAR', 'method'],
  endpoint: ['VARCHAR', 'endpoint'],
  ...ORIGIN,
};

/** The names of these keys. */
const ENDPOINT_KEYS = Object.keys(ENDPOINT).join(', ');

function requests(period: 'minute' | 'hour'): RollupTable {
  return {
    name: `${period}_requests`,
    period,
    keys: {
      ...ENDPOINT,
      status_code: ['SMALLINT', 'coalesce(status_code, -1)'],
      outcome: ['VARCHAR', `coalesce(outcome, '')`],
    },
    measures: { requests: ['BIGINT', 'count(*)'] },
    merged: { requests: 'sum(requests)' },
    from: 'batch',
  };
}

function latencies(period: 'minute' | 'hour'): RollupTable {
  return {
    name: `${period}_latencies`,
    period,
    keys: { ...ENDPOINT, bucket: ['SMALLINT', latencyBucketSql('latency_ms')] },
    measures: { requests: ['BIGINT', 'count(*)'] },
    merged: { requests: 'sum(requests)' },
    from: '(FROM batch WHERE latency_ms IS NOT NULL)',
  };
}

/** How what is counted of a client adds up. */
const CLIENT_SUMS = { requests: 'sum(requests)', errors: 'sum(errors)', last_seen: 'max(last_seen)' };

const HOUR_CLIENTS: RollupTable = {
  name: 'hour_clients',
  period: 'hour',
  keys: { ...ENDPOINT, client: ['UBIGINT', 'client'] },
  measures: {
    requests: ['BIGINT', 'requests'],
    errors: ['BIGINT', 'errors'],
    last_seen: ['TIMESTAMP_MS', 'last_seen'],
  },
  merged: CLIENT_SUMS,
  from: 'batch_clients',
  isGrouped: true,
};

/** Of all endpoints together. The whole hash is only here. */
const DAY_CLIENTS: RollupTable = {
  name: 'day_clients',
  period: 'day',
  keys: {
    ...CLIENT_ID,
    ...ORIGIN,
    client: ['UBIGINT', 'client'],
    source_ip: ['BLOB', 'source_ip'],
  },
  measures: {
    requests: ['BIGINT', CLIENT_SUMS.requests],
    errors: ['BIGINT', CLIENT_SUMS.errors],
    last_seen: ['TIMESTAMP_MS', CLIENT_SUMS.last_seen],
  },
  merged: CLIENT_SUMS,
  from: 'batch_clients',
};

const DAY_SKETCHES: RollupTable = {
  name: 'day_sketches',
  period: 'day',
  keys: { ...ENDPOINT, register: ['SMALLINT', SKETCH_REGISTER] },
  measures: { rank: ['TINYINT', `max(${SKETCH_RANK})`] },
  merged: { rank: 'max(rank)' },
  from: 'batch_clients',
};

/** Values as JSON text; NULL stands for those beyond the limits. Counted first, so that only groups are ranked. */
const METRIC_ROWS = `(
  SELECT * REPLACE (CASE WHEN place <= ${MAX_VALUES} THEN value END AS value)
  FROM (
    SELECT *, row_number() OVER (
             PARTITION BY event_time, ${ENDPOINT_KEYS}, name, type ORDER BY events DESC, value) AS place
    FROM (
      SELECT hour AS event_time, ${ENDPOINT_KEYS}, name, type, value, ${metricBucketSql('number')} AS bucket,
             count(*) AS events, sum(number) AS total, min(number) AS least, max(number) AS greatest
      FROM (
        SELECT hour, ${ENDPOINT_KEYS}, u.key AS name, ${metricTypeSql('u.value')} AS type,
               CASE WHEN type = 'number' THEN TRY_CAST(u.value::VARCHAR AS DOUBLE) END AS number,
               CASE WHEN type IN ('boolean', 'string') AND length(u.value::VARCHAR) <= ${MAX_VALUE_CHARACTERS}
                    THEN u.value::VARCHAR END AS value
        FROM (
          SELECT date_trunc('hour', event_time) AS hour, ${ENDPOINT_KEYS}, ${METRICS_OF_EVENT} FROM batch)
        WHERE u.value IS NOT NULL)
      GROUP BY ALL)))`;

const METRICS: RollupTable = {
  name: 'hour_metrics',
  period: 'hour',
  keys: {
    ...ENDPOINT,
    name: ['VARCHAR', 'name'],
    type: ['VARCHAR', 'type'],
    value: ['VARCHAR', 'value'],
    bucket: ['SMALLINT', 'bucket'],
  },
  measures: {
    events: ['BIGINT', 'sum(events)'],
    total: ['DOUBLE', 'sum(total)'],
    least: ['DOUBLE', 'min(least)'],
    greatest: ['DOUBLE', 'max(greatest)'],
  },
  merged: {
    events: 'sum(events)',
    total: 'sum(total)',
    least: 'min(least)',
    greatest: 'max(greatest)',
  },
  from: METRIC_ROWS,
};

/**
 * Whom requests were for, by day: within an hour a consumer hardly asks for the same twice, so hours would be as long as the events.
 * Totals are those of all endpoints together. A label is a key, for each that there was is searched for. `last_event` is an `EVENT_ORDER`.
 */
function consumers(name: string, keys: Columns): RollupTable {
  return {
    name,
    period: 'day',
    keys: {
      ...keys,
      consumer: ['VARCHAR', 'consumer'],
      consumer_group: ['VARCHAR', 'consumer_group'],
      consumer_label: ['VARCHAR', 'consumer_label'],
    },
    measures: {
      requests: ['BIGINT', 'count(*)'],
      errors: ['BIGINT', `count(*) FILTER (WHERE ${IS_ERROR})`],
      first_seen: ['TIMESTAMP_MS', 'min(event_time)'],
      last_event: ['HUGEINT', `max(${EVENT_ORDER})`],
    },
    merged: {
      requests: 'sum(requests)',
      errors: 'sum(errors)',
      first_seen: 'min(first_seen)',
      last_event: 'max(last_event)',
    },
    from: '(FROM batch WHERE consumer IS NOT NULL OR consumer_group IS NOT NULL)',
  };
}

const DAY_CONSUMER_LATENCIES: RollupTable = {
  name: 'day_consumer_latencies',
  period: 'day',
  keys: {
    ...ENDPOINT,
    consumer: ['VARCHAR', 'consumer'],
    consumer_group: ['VARCHAR', 'consumer_group'],
    bucket: ['SMALLINT', latencyBucketSql('latency_ms')],
  },
  measures: { requests: ['BIGINT', 'count(*)'] },
  merged: { requests: 'sum(requests)' },
  from: '(FROM batch WHERE (consumer IS NOT NULL OR consumer_group IS NOT NULL) AND latency_ms IS NOT NULL)',
};

/** Tables of days that are made from events, for no table of hours tells as much. */
export const DAYS_FROM_EVENTS: readonly RollupTable[] = [
  consumers('day_consumer_totals', { ...CLIENT_ID, ...ORIGIN }),
  consumers('day_consumers', ENDPOINT),
  DAY_CONSUMER_LATENCIES,
];

/** What failed, and what said of which class its error was. */
const HOUR_ERRORS: RollupTable = {
  name: 'hour_errors',
  period: 'hour',
  keys: {
    ...ENDPOINT,
    error_type: ['VARCHAR', 'error_type'],
    status_code: ['SMALLINT', 'status_code'],
    failed: ['BOOLEAN', IS_ERROR],
  },
  measures: {
    requests: ['BIGINT', 'count(*)'],
    first_seen: ['TIMESTAMP_MS', 'min(event_time)'],
    last_seen: ['TIMESTAMP_MS', 'max(event_time)'],
  },
  merged: { requests: 'sum(requests)', first_seen: 'min(first_seen)', last_seen: 'max(last_seen)' },
  from: `(FROM batch WHERE error_type IS NOT NULL OR ${IS_ERROR})`,
};

/** All tables of aggregates. */
export const ROLLUP_TABLES: readonly RollupTable[] = [
  requests('minute'),
  latencies('minute'),
  requests('hour'),
  latencies('hour'),
  HOUR_CLIENTS,
  DAY_CLIENTS,
  DAY_SKETCHES,
  METRICS,
  ...DAYS_FROM_EVENTS,
  HOUR_ERRORS,
];

/** Creates a table where it is missing. */
export function createSql({ name, keys, measures }: RollupTable): string {
  const columns = Object.entries({ ...keys, ...measures }).map(([column, [type]]) => `${column} ${type}`);
  return `CREATE TABLE IF NOT EXISTS ${name} (start TIMESTAMP_MS NOT NULL, ${columns.join(', ')})`;
}

/** Adds what a batch holds. */
export function addSql({ name, period, keys, measures, from, isGrouped }: RollupTable): string {
  const columns = Object.values({ ...keys, ...measures }).map(([, expression]) => expression);
  const places = Array.from({ length: 1 + Object.keys(keys).length }, (_, index) => index + 1);
  return `INSERT INTO ${name}
    SELECT date_trunc('${period}', event_time)::TIMESTAMP_MS, ${columns.join(', ')}
    FROM ${from} ${isGrouped ? '' : `GROUP BY ${places.join(', ')}`}`;
}

/** Statements that make one row of all with the same keys in the periods that start at these instants, milliseconds. */
export function mergeSql({ name, keys, merged }: RollupTable, starts: readonly number[]): readonly string[] {
  const columns = ['start', ...Object.keys(keys)].join(', ');
  const ofPeriods = `start IN (${starts.map(instantSql).join(', ')})`;
  return [
    `CREATE OR REPLACE TEMP TABLE merged AS
       SELECT ${columns}, ${Object.values(merged).join(', ')} FROM ${name} WHERE ${ofPeriods} GROUP BY ${columns}`,
    `DELETE FROM ${name} WHERE ${ofPeriods}`,
    `INSERT INTO ${name} FROM merged`,
  ];
}
