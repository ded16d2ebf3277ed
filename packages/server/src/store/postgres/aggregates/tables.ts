import { DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS } from '../../../durations.ts';
import { CLIENTS, CLIENTS_AND_ADDRESSES } from './client-family.ts';
import { CONSUMERS } from './consumer-family.ts';
import { ERRORS } from './error-family.ts';
import type { Column, Family } from './families.ts';
import { METRICS } from './metric-family.ts';
import {
  MINUTE_COUNTS,
  REQUESTS,
  REQUESTS_AND_CLIENTS,
  REQUESTS_CLIENTS_AND_TOLD,
} from './request-family.ts';

/** A table of aggregates. Its rows add up: several with the same keys mean the same as one. */
export interface AggregateTable {
  readonly name: string;
  /** Length of a period, milliseconds; the column `start` has its begin. */
  readonly periodMillis: number;
  /** Names of the keys beside `start`; all are texts, those of {@link ORIGIN} empty where events do not say them. */
  readonly keys: readonly string[];
  readonly family: Family;
  /** Columns of its first version with their types, for CREATE TABLE; without `arrived`, which all have. */
  readonly columnsSql: string;
  readonly indexesSql: readonly string[];
}

/** Keys since version 7; NULL in rows of servers that did not keep aggregates by them. */
const ORIGIN = ['release', 'environment', 'synthetic'];

const ENDPOINT = ['client_id', 'method', 'endpoint'];

function table(
  name: string,
  periodMillis: number,
  keys: readonly string[],
  family: Family,
  measures: readonly Column[] = family.measures,
): AggregateTable {
  const columns = [
    'start bigint NOT NULL',
    ...keys.map((key) => `${key} text COLLATE "C" NOT NULL`),
    ...measures
      .filter(({ isLater }) => isLater !== true)
      .map((measure) => `${measure.name} ${measure.type} NOT NULL`),
  ];
  return {
    name,
    periodMillis,
    keys: [...keys, ...ORIGIN],
    family,
    columnsSql: columns.join(', '),
    indexesSql: [`CREATE INDEX ${name}_start ON ${name} (start)`],
  };
}

/** Written with the events; made of them are all others. */
export const MINUTES: AggregateTable = table('minutes', MINUTE_MILLIS, ENDPOINT, REQUESTS, MINUTE_COUNTS);

/** Requests of each endpoint; totals are those of all endpoints together. */
export const HOURS: AggregateTable = table('hours', HOUR_MILLIS, ENDPOINT, REQUESTS_AND_CLIENTS);
export const HOUR_TOTALS: AggregateTable = table(
  'hour_totals',
  HOUR_MILLIS,
  ['client_id', 'method'],
  REQUESTS_AND_CLIENTS,
);
export const DAYS: AggregateTable = table('days', DAY_MILLIS, ENDPOINT, REQUESTS_AND_CLIENTS);
export const DAY_TOTALS: AggregateTable = table(
  'day_totals',
  DAY_MILLIS,
  ['client_id', 'method'],
  REQUESTS_CLIENTS_AND_TOLD,
);

/** Clients of all endpoints together, and of each. The whole hash is only in the first of days. */
export const HOUR_CLIENT_TOTALS: AggregateTable = table(
  'hour_client_totals',
  HOUR_MILLIS,
  ['client_id'],
  CLIENTS,
);
export const DAY_CLIENT_TOTALS: AggregateTable = table(
  'day_client_totals',
  DAY_MILLIS,
  ['client_id'],
  CLIENTS_AND_ADDRESSES,
);
export const DAY_CLIENTS: AggregateTable = table('day_clients', DAY_MILLIS, ENDPOINT, CLIENTS);

/** Custom metrics. */
export const HOUR_METRICS: AggregateTable = table(
  'hour_metrics',
  HOUR_MILLIS,
  [...ENDPOINT, 'name'],
  METRICS,
);
export const HOUR_METRIC_TOTALS: AggregateTable = table(
  'hour_metric_totals',
  HOUR_MILLIS,
  ['client_id', 'name'],
  METRICS,
);
export const DAY_METRICS: AggregateTable = table('day_metrics', DAY_MILLIS, [...ENDPOINT, 'name'], METRICS);

/** Since version 3. */
export const ADD_MOST_BEHIND: readonly string[] = [HOUR_CLIENT_TOTALS, DAY_CLIENT_TOTALS, DAY_CLIENTS].map(
  ({ name }) => `ALTER TABLE ${name} ADD COLUMN most_behind bigint`,
);

/** Since version 8. They are not kept by {@link ORIGIN}. */
function laterTable(
  name: string,
  periodMillis: number,
  keys: readonly string[],
  family: Family,
): AggregateTable {
  return { ...table(name, periodMillis, keys, family), keys };
}

/** Consumers of all endpoints together, and of each. */
export const HOUR_CONSUMER_TOTALS: AggregateTable = laterTable(
  'hour_consumer_totals',
  HOUR_MILLIS,
  ['client_id'],
  CONSUMERS,
);
export const DAY_CONSUMER_TOTALS: AggregateTable = laterTable(
  'day_consumer_totals',
  DAY_MILLIS,
  ['client_id'],
  CONSUMERS,
);
export const DAY_CONSUMERS: AggregateTable = laterTable('day_consumers', DAY_MILLIS, ENDPOINT, CONSUMERS);

/** What failed. */
export const HOUR_ERRORS: AggregateTable = laterTable('hour_errors', HOUR_MILLIS, ENDPOINT, ERRORS);

/** Tables that came later, and their column of the totals of days. They hold all that `day_totals` says is told. */
export const LATER_TABLES: readonly AggregateTable[] = [
  HOUR_CONSUMER_TOTALS,
  DAY_CONSUMER_TOTALS,
  DAY_CONSUMERS,
  HOUR_ERRORS,
];
export const ADD_TOLD = `ALTER TABLE ${DAY_TOTALS.name} ADD COLUMN told bigint`;

/** Tables that have been there since version 1. */
export const FIRST_TABLES: readonly AggregateTable[] = [
  MINUTES,
  HOURS,
  HOUR_TOTALS,
  DAYS,
  DAY_TOTALS,
  HOUR_CLIENT_TOTALS,
  DAY_CLIENT_TOTALS,
  DAY_CLIENTS,
  HOUR_METRICS,
  HOUR_METRIC_TOTALS,
  DAY_METRICS,
];

/** All tables of aggregates. */
export const AGGREGATE_TABLES: readonly AggregateTable[] = [...FIRST_TABLES, ...LATER_TABLES];

/**
 * Where rows of servers of a version before 7 are found, if there are any: who writes or adds up events adds to these of the period, and
 * who puts rows of other tables together does so with those of these, for they have fewer keys.
 */
export const TELLING_TABLES: readonly AggregateTable[] = [
  MINUTES,
  HOUR_TOTALS,
  HOUR_CLIENT_TOTALS,
  HOUR_METRIC_TOTALS,
  DAY_TOTALS,
  DAY_CLIENT_TOTALS,
];

/**
 * Since version 7. The indexes are of partitions that are made from then on: to make them for what is stored would lock that. They are of
 * nothing but rows of servers that are older.
 */
export const ADD_ORIGIN: readonly string[] = [
  ...FIRST_TABLES.map(
    ({ name }) =>
      `ALTER TABLE ${name} ${ORIGIN.map((key) => `ADD COLUMN ${key} text COLLATE "C"`).join(', ')}`,
  ),
  ...TELLING_TABLES.map(
    ({ name }) => `CREATE INDEX ${name}_untold ON ONLY ${name} (start) WHERE release IS NULL`,
  ),
];

/**
 * Periods to which rows were added since their rows were put together: one row for each period of an hour or a day that a roll-up
 * added to. Nodes only add rows here, so that none waits for another. Not partitioned.
 */
export const CREATE_ADDITIONS: readonly string[] = [
  `CREATE TABLE additions (
     arrived date NOT NULL, period_millis integer NOT NULL, start bigint NOT NULL,
     added_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  'CREATE INDEX additions_period ON additions (arrived, period_millis, start)',
];
