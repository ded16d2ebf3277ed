import { CLIENT_KEY } from './aggregates/client-sketch.ts';
import { createSql, ROLLUP_TABLES } from './aggregates/rollup-tables.ts';

/** Version of the file's tables. A file with a higher one was written by a newer server and is not touched. */
export const SCHEMA_VERSION = 13;

/**
 * Columns of `events` in the order in which the row appender writes them. `event_time` is `timestamp`, else
 * `received_at`: a plain column, so that DuckDB's zone maps can skip row groups outside a time range. There is no
 * unique index: DuckDB keeps an index in memory whole and would check each row against it; `last_seq`, checked by the
 * one writer, does what it would be for. `client` is the key of the client's pseudonym: eight bytes are read in a fraction of the time
 * that sixty-four digits take.
 */
const EVENTS_TABLE = `
  CREATE TABLE IF NOT EXISTS events (
    id           BIGINT NOT NULL,
    received_at  TIMESTAMP_MS NOT NULL,
    event_time   TIMESTAMP_MS NOT NULL,
    client_id    VARCHAR NOT NULL,
    source_ip    VARCHAR,
    endpoint     VARCHAR NOT NULL,
    scheme       BOOLEAN,
    method       VARCHAR NOT NULL,
    custom_data  JSON NOT NULL,
    "timestamp"  TIMESTAMP_MS,
    status_code  SMALLINT,
    latency_ms   DOUBLE,
    route        VARCHAR,
    outcome      VARCHAR,
    user_id      VARCHAR,
    user_agent   VARCHAR,
    trace_id     VARCHAR,
    span_id      VARCHAR,
    session_id   VARCHAR,
    sample_rate  DOUBLE,
    error_type                 VARCHAR,
    request_body_size          BIGINT,
    response_body_size         BIGINT,
    network_protocol_version   VARCHAR,
    user_agent_synthetic_type  VARCHAR,
    service_version            VARCHAR,
    deployment_environment     VARCHAR,
    consumer                   VARCHAR,
    consumer_group             VARCHAR,
    consumer_label             VARCHAR,
    path_group                 VARCHAR,
    client                     UBIGINT
  )`;

const PRODUCERS_TABLE = `
  CREATE TABLE IF NOT EXISTS producers (
    producer    VARCHAR NOT NULL,
    client_id   VARCHAR NOT NULL,
    last_seq    BIGINT NOT NULL,
    mode        VARCHAR NOT NULL,
    agent       VARCHAR,
    first_seen  TIMESTAMP_MS NOT NULL,
    last_seen   TIMESTAMP_MS NOT NULL,
    events      BIGINT NOT NULL,
    rejected    BIGINT NOT NULL,
    service_version         VARCHAR,
    deployment_environment  VARCHAR,
    service_instance_id     VARCHAR
  )`;

/** Which releases of applications there were, and the time of the first event of each. */
const RELEASES_TABLE = `
  CREATE TABLE IF NOT EXISTS releases (
    client_id        VARCHAR NOT NULL,
    service_version  VARCHAR NOT NULL,
    first_seen       TIMESTAMP_MS NOT NULL
  )`;

/**
 * One row. `rolled_up_to` is the highest id of an event that the aggregates hold; they hold all below it. Those of minutes
 * hold all above `minutes_from` as well, for they are written with the events since then.
 */
const META_TABLE = `
  CREATE TABLE IF NOT EXISTS meta (
    schema_version INTEGER NOT NULL, rolled_up_to BIGINT NOT NULL DEFAULT 0, minutes_from BIGINT NOT NULL DEFAULT 0)`;

/** Rules of alerts, their states and messages. Small and few: no index, which DuckDB would keep in memory. */
const DOCUMENTS_TABLE = `
  CREATE TABLE IF NOT EXISTS documents (
    kind VARCHAR NOT NULL, id VARCHAR NOT NULL, version INTEGER NOT NULL, content VARCHAR NOT NULL, added BIGINT NOT NULL)`;

/** Create what is missing. */
export const CREATE_TABLES: readonly string[] = [
  META_TABLE,
  EVENTS_TABLE,
  PRODUCERS_TABLE,
  DOCUMENTS_TABLE,
  RELEASES_TABLE,
  ...ROLLUP_TABLES.map(createSql),
];

/** They start empty, and are filled from the events in the background. */
const MAKE_AGGREGATES_ANEW: readonly string[] = [
  ...ROLLUP_TABLES.map(({ name }) => `DROP TABLE IF EXISTS ${name}`),
  // They knew how far the numbers went, also of events that are gone; from here on `minutes_from` does.
  `UPDATE meta SET rolled_up_to = CASE WHEN EXISTS (FROM events) THEN 0 ELSE rolled_up_to END,
                   minutes_from = greatest((SELECT max(id) FROM events), rolled_up_to, minutes_from)`,
];

/** How the tables of a version become those of the next. */
interface Migration {
  readonly columns?: readonly string[];
  readonly contents?: readonly string[];
}

/**
 * Of each older version. Version 1 had no aggregates, version 2 other ones: they start empty, and are filled from the events in the
 * background, as always. Version 3 did not write minutes with the events. Version 4 kept nothing of what applications say of themselves,
 * version 5 no details of requests. In version 6 aggregates could outlive their events: they are made anew. Version 7 did not
 * say of events which release they are of, nor for which consumer, and
 * did not remember releases. Version 8 had no documents, and version 9 listed requests without a route under their paths: what
 * it stored stays so. Version 10 had no keys of clients: they are written at once, in a second for a million events. Version 11 did not
 * keep aggregates by release, environment and synthetic type: they are made anew. So they are of version 12, which did not aggregate by
 * consumers and errors.
 */
const MIGRATIONS: Readonly<Record<number, Migration>> = {
  1: {
    columns: ['ALTER TABLE meta ADD COLUMN rolled_up_to BIGINT DEFAULT 0'],
    contents: ['UPDATE meta SET rolled_up_to = 0'],
  },
  2: {
    contents: [
      ...ROLLUP_TABLES.map(({ name }) => `DROP TABLE IF EXISTS ${name}`),
      'UPDATE meta SET rolled_up_to = 0',
    ],
  },
  3: {
    columns: ['ALTER TABLE meta ADD COLUMN minutes_from BIGINT DEFAULT 0'],
    contents: ['UPDATE meta SET minutes_from = greatest(rolled_up_to, (SELECT max(id) FROM events))'],
  },
  4: {
    columns: addColumns('producers', [
      'service_version VARCHAR',
      'deployment_environment VARCHAR',
      'service_instance_id VARCHAR',
    ]),
  },
  5: {
    columns: addColumns('events', [
      'error_type VARCHAR',
      'request_body_size BIGINT',
      'response_body_size BIGINT',
      'network_protocol_version VARCHAR',
      'user_agent_synthetic_type VARCHAR',
    ]),
  },
  6: { contents: MAKE_AGGREGATES_ANEW },
  7: {
    columns: addColumns('events', [
      'service_version VARCHAR',
      'deployment_environment VARCHAR',
      'consumer VARCHAR',
      'consumer_group VARCHAR',
      'consumer_label VARCHAR',
    ]),
    contents: [
      RELEASES_TABLE,
      // What runs now is not new.
      `INSERT INTO releases SELECT client_id, service_version, min(first_seen) FROM producers
       WHERE service_version IS NOT NULL GROUP BY ALL`,
    ],
  },
  9: { columns: addColumns('events', ['path_group VARCHAR']) },
  10: {
    columns: addColumns('events', ['client UBIGINT']),
    contents: [`UPDATE events SET client = ${CLIENT_KEY}`],
  },
  11: { contents: MAKE_AGGREGATES_ANEW },
  12: { contents: MAKE_AGGREGATES_ANEW },
};

function addColumns(table: string, columns: readonly string[]): readonly string[] {
  return columns.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/**
 * Statements that bring a file of an older version to {@link SCHEMA_VERSION}, or an empty one, whose version is 0; for one transaction. All
 * columns are added first, for DuckDB adds none to a table whose rows the transaction has changed.
 */
export function bringUpSql(version: number): readonly string[] {
  if (version === 0) return [...CREATE_TABLES, `INSERT INTO meta VALUES (${SCHEMA_VERSION}, 0, 0)`];
  if (version === SCHEMA_VERSION) return CREATE_TABLES;
  const migrations = Object.entries(MIGRATIONS)
    .filter(([from]) => Number(from) >= version)
    .map(([, migration]) => migration);
  return [
    ...migrations.flatMap(({ columns = [] }) => columns),
    ...migrations.flatMap(({ contents = [] }) => contents),
    ...CREATE_TABLES,
    `UPDATE meta SET schema_version = ${SCHEMA_VERSION}`,
  ];
}
