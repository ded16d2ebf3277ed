import { IS_ERROR } from '../engine/conditions.ts';
import { AGGREGATE_TABLES, CREATE_ADDITIONS, FIRST_TABLES, LATER_TABLES } from '../aggregates/tables.ts';

/** A table of which each day of arrival has a partition of its own. */
export interface DailyTable {
  readonly name: string;
  /** Its columns but `arrived`, as SQL. */
  readonly columnsSql: string;
  readonly indexesSql?: readonly string[];
}

/**
 * Instants are milliseconds since the epoch. `event_time` is `timestamp`, else `received_at`. Indexes are trees: those of
 * ranges of blocks cost less to write, and a roll-up that falls behind reads whole days by them.
 */
const EVENTS: DailyTable = {
  name: 'events',
  columnsSql: `
    id bigint NOT NULL, received_at bigint NOT NULL, event_time bigint NOT NULL, client_id text NOT NULL, source_ip bytea,
    endpoint text NOT NULL, scheme boolean, method text NOT NULL, custom_data text NOT NULL, "timestamp" bigint,
    status_code smallint, latency_ms double precision, route text, outcome text, user_id text, user_agent text,
    trace_id bytea, span_id bytea, session_id text, sample_rate double precision, error_type text,
    request_body_size bigint, response_body_size bigint, network_protocol_version text, user_agent_synthetic_type text`,
  indexesSql: ['CREATE INDEX events_time ON events (event_time)', 'CREATE INDEX events_id ON events (id)'],
};

/** Since version 5. Servers of the version before list what they store without a route under its path, as before. */
export const ADD_PATH_GROUP = 'ALTER TABLE events ADD COLUMN path_group text';

/**
 * Since version 5, for partitions that are made from then on: to make it for what is stored would lock that. Of requests few fail, and
 * whoever asks for these asks for a long time.
 */
export const ADD_INDEX_OF_FAILED: string = `CREATE INDEX events_failed ON ONLY events (event_time) WHERE ${IS_ERROR}`;

/** All tables whose partitions come and go together: what is deleted of a day is gone from each. */
export const DAILY_TABLES: readonly DailyTable[] = [EVENTS, ...AGGREGATE_TABLES];

/** `usable_from`: the oldest version of a server that can use the tables as they are. */
const META = `
  CREATE TABLE meta (
    version integer NOT NULL, usable_from integer NOT NULL, token_print bytea, key_print bytea)`;

/**
 * `owner` is the newest claim: a connection with another one stores nothing. `held_by` is the server that last said, at `held_at`, that it
 * has a connection of the producer. Rows are updated with each commit, so pages keep room for the new version beside the old one.
 */
const PRODUCERS = `
  CREATE TABLE producers (
    producer text COLLATE "C" PRIMARY KEY, owner bigint NOT NULL, client_id text NOT NULL, last_seq bigint NOT NULL,
    mode text NOT NULL, agent text, first_seen bigint NOT NULL, last_seen bigint NOT NULL, events bigint NOT NULL,
    rejected bigint NOT NULL, service_version text, deployment_environment text, service_instance_id text,
    held_by text NOT NULL, held_at bigint NOT NULL) WITH (fillfactor = 50)`;

/** Batches whose events are in no aggregate but those of minutes. A row is written with the events. */
const PENDING = `
  CREATE TABLE pending (
    batch bigint PRIMARY KEY, arrived date NOT NULL, events integer NOT NULL, first_time bigint NOT NULL,
    last_time bigint NOT NULL, stored_at timestamptz NOT NULL DEFAULT clock_timestamp())`;

/** Tokens, sessions and links; `changed` tells that something did. */
const RECORDS = `
  CREATE TABLE records (
    kind text NOT NULL, id text NOT NULL, content text NOT NULL, added bigserial NOT NULL,
    changed bigint NOT NULL DEFAULT nextval('record_changes'), PRIMARY KEY (kind, id))`;

/** How far the events of a file are copied that is moved into the database. */
const IMPORTS = `
  CREATE TABLE imports (source text PRIMARY KEY, copied_to bigint NOT NULL)`;

/** Since version 2. Servers, each of which updates its own row every few seconds, so pages keep room for the new one. */
export const NODES = `
  CREATE TABLE nodes (
    node text PRIMARY KEY, name text NOT NULL, version text NOT NULL, started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(), is_stopped boolean NOT NULL DEFAULT false, unready text,
    connections integer NOT NULL, events bigint NOT NULL, events_per_second float8 NOT NULL) WITH (fillfactor = 50)`;

/**
 * Since version 2. Wrong tokens of a minute; `sender` is a keyed hash. It survives no crash of the database, and is on no standby: a
 * minute later it is worth nothing.
 */
export const GUESSES = `
  CREATE UNLOGGED TABLE guesses (
    minute timestamptz NOT NULL, sender text COLLATE "C" NOT NULL, wrong integer NOT NULL, PRIMARY KEY (minute, sender))`;

/** Since version 4. Of servers of older versions, and of their time, nothing is known. */
export const ADD_RELEASE_AND_CONSUMER = `
  ALTER TABLE events ADD COLUMN service_version text, ADD COLUMN deployment_environment text, ADD COLUMN consumer text,
    ADD COLUMN consumer_group text, ADD COLUMN consumer_label text`;

/** Since version 4. Which releases of applications there were, and the time of the first event of each. */
export const RELEASES = `
  CREATE TABLE releases (
    client_id text COLLATE "C" NOT NULL, service_version text COLLATE "C" NOT NULL, first_seen bigint NOT NULL,
    PRIMARY KEY (client_id, service_version))`;

/** What runs when they begin to be remembered is not new. */
export const FIRST_RELEASES = `
  INSERT INTO releases SELECT client_id, service_version, min(first_seen) FROM producers
  WHERE service_version IS NOT NULL GROUP BY client_id, service_version`;

/**
 * Since version 5. Rules of alerts, their states and messages, small and few; `version` grows with each change of a row, so that of two
 * servers that change it at once one does.
 */
export const DOCUMENTS = `
  CREATE TABLE documents (
    kind text NOT NULL, id text NOT NULL, version integer NOT NULL, content text NOT NULL, added bigserial NOT NULL,
    PRIMARY KEY (kind, id)) WITH (fillfactor = 50)`;

/** Ids of batches are taken many at a time, for one costs a round trip. */
export const BATCHES_AT_ONCE = 64;

function createSql({ name, columnsSql, indexesSql = [] }: DailyTable): readonly string[] {
  return [
    `CREATE TABLE ${name} (arrived date NOT NULL, ${columnsSql}) PARTITION BY LIST (arrived)`,
    ...indexesSql,
  ];
}

/** For databases that were there before. Partitions of days that are there already are made when something is added to them. */
export const CREATE_LATER_TABLES: readonly string[] = LATER_TABLES.flatMap(createSql);

/** Statements that make an empty database one of version 1. */
export const CREATE_TABLES: readonly string[] = [
  META,
  'INSERT INTO meta (version, usable_from) VALUES (1, 1)',
  PRODUCERS,
  PENDING,
  IMPORTS,
  'CREATE SEQUENCE record_changes',
  RECORDS,
  ...CREATE_ADDITIONS,
  'CREATE SEQUENCE claims',
  `CREATE SEQUENCE batches INCREMENT ${BATCHES_AT_ONCE}`,
  ...[EVENTS, ...FIRST_TABLES].flatMap(createSql),
];
