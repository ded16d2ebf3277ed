// Files of older versions, made by the statements that these versions made them with.

import { join } from 'node:path';

import { expect } from 'chai';

import { SCHEMA_VERSION } from '../../../dist/store/duckdb/schema.js';
import { DuckDbStore } from '../../../dist/store/duckdb/store.js';
import { NO_SERVICE_INFO } from '../../../dist/store/questions/producer.js';
import { sql } from '../../support/databases/duckdb-file.js';
import { append, START, storeEvent } from '../../support/events/events.js';
import { removeTempFolders, tempFolder } from '../../support/temp-folder.js';

const HOUR = 3_600_000;
const LIMITS = { memoryLimit: '256MB', threads: 1 };

const VERSION_1 = [
  'CREATE TABLE meta (schema_version INTEGER NOT NULL)',
  `CREATE TABLE events (
    id BIGINT NOT NULL, received_at TIMESTAMP_MS NOT NULL, event_time TIMESTAMP_MS NOT NULL,
    client_id VARCHAR NOT NULL, source_ip VARCHAR, endpoint VARCHAR NOT NULL, scheme BOOLEAN, method VARCHAR NOT NULL,
    custom_data JSON NOT NULL, "timestamp" TIMESTAMP_MS, status_code SMALLINT, latency_ms DOUBLE, route VARCHAR,
    outcome VARCHAR, user_id VARCHAR, user_agent VARCHAR, trace_id VARCHAR, span_id VARCHAR, session_id VARCHAR,
    sample_rate DOUBLE)`,
  `CREATE TABLE producers (
    producer VARCHAR NOT NULL, client_id VARCHAR NOT NULL, last_seq BIGINT NOT NULL, mode VARCHAR NOT NULL,
    agent VARCHAR, first_seen TIMESTAMP_MS NOT NULL, last_seen TIMESTAMP_MS NOT NULL, events BIGINT NOT NULL,
    rejected BIGINT NOT NULL)`,
  'INSERT INTO meta VALUES (1)',
  `INSERT INTO events
   SELECT i + 1, t, t, 'shop', sha256('client ' || i % 7), '/a', true, 'GET', '{"items":' || i || '}', t, 200, i + 1, NULL, 'completed',
          NULL, NULL, NULL, NULL, NULL, NULL
   FROM (SELECT i, make_timestamp_ms(${START} - i * ${HOUR / 4})::TIMESTAMP_MS AS t FROM range(400) AS n(i))`,
  `INSERT INTO producers
   VALUES ('producer-1', 'my-app', 41, 'batch', NULL, make_timestamp_ms(${START}), make_timestamp_ms(${START}), 400, 0)`,
];

/** What version 2 added, with aggregates as it left them: of clients only what a later version does without. */
const VERSION_2 = [
  ...VERSION_1,
  'ALTER TABLE meta ADD COLUMN rolled_up_to BIGINT DEFAULT 0',
  'UPDATE meta SET schema_version = 2, rolled_up_to = 400',
  ...['minute', 'hour'].flatMap((period) => [
    `CREATE TABLE ${period}_requests (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR,
       endpoint VARCHAR, status_code SMALLINT, outcome VARCHAR, requests BIGINT)`,
    `INSERT INTO ${period}_requests
     SELECT date_trunc('${period}', event_time)::TIMESTAMP_MS, client_id, method, endpoint, status_code, outcome, 1
     FROM events`,
    `CREATE TABLE ${period}_latencies (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR,
       endpoint VARCHAR, bucket SMALLINT, requests BIGINT)`,
  ]),
  `CREATE TABLE hour_clients (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR, endpoint VARCHAR,
     register SMALLINT, rank TINYINT)`,
  `INSERT INTO hour_clients VALUES (make_timestamp_ms(${START}), 'shop', 'GET', '/a', 7, 1)`,
  `CREATE TABLE day_clients (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, source_ip BLOB, requests BIGINT,
     errors BIGINT, last_seen TIMESTAMP_MS)`,
  `CREATE TABLE hour_metrics (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR, endpoint VARCHAR,
     name VARCHAR, type VARCHAR, value VARCHAR, bucket SMALLINT, events BIGINT, total DOUBLE, least DOUBLE,
     greatest DOUBLE)`,
];

/** What version 3 changed, as it left a file of which it had aggregated the first half. */
const VERSION_3 = [
  ...VERSION_2,
  ...['minute', 'hour'].flatMap((period) => [
    `DELETE FROM ${period}_requests`,
    `INSERT INTO ${period}_requests
     SELECT date_trunc('${period}', event_time)::TIMESTAMP_MS, client_id, method, endpoint, status_code, outcome, 1
     FROM events WHERE id <= 200`,
    `INSERT INTO ${period}_latencies
     SELECT date_trunc('${period}', event_time)::TIMESTAMP_MS, client_id, method, endpoint,
            ceil(ln(latency_ms) / ln(1.04::DOUBLE)), 1
     FROM events WHERE id <= 200`,
  ]),
  'DROP TABLE hour_clients',
  `CREATE TABLE hour_clients (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR, endpoint VARCHAR,
     client UBIGINT, requests BIGINT, errors BIGINT, last_seen TIMESTAMP_MS)`,
  `INSERT INTO hour_clients
   SELECT date_trunc('hour', event_time), client_id, method, endpoint, ('0x' || source_ip[1:16])::UBIGINT, 1, 0, event_time
   FROM events WHERE id <= 200`,
  'DROP TABLE day_clients',
  `CREATE TABLE day_clients (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, client UBIGINT, source_ip BLOB,
     requests BIGINT, errors BIGINT, last_seen TIMESTAMP_MS)`,
  `INSERT INTO day_clients
   SELECT date_trunc('day', event_time), client_id, ('0x' || source_ip[1:16])::UBIGINT, unhex(source_ip), 1, 0, event_time
   FROM events WHERE id <= 200`,
  `CREATE TABLE day_sketches (start TIMESTAMP_MS NOT NULL, client_id VARCHAR, method VARCHAR, endpoint VARCHAR,
     register SMALLINT, rank TINYINT)`,
  `INSERT INTO day_sketches
   SELECT start, client_id, 'GET', '/a', (client >> 52)::SMALLINT,
          (52 - floor(log2(client & 4503599627370495))::TINYINT)::TINYINT
   FROM day_clients`,
  `INSERT INTO hour_metrics
   SELECT date_trunc('hour', event_time), client_id, method, endpoint, 'items', 'number', NULL, 1, 1, 1, 1, 1
   FROM events WHERE id <= 200`,
  'UPDATE meta SET schema_version = 3, rolled_up_to = 200',
];

/** What version 4 added. It wrote minutes with the events; what it aggregates is as in version 3. */
const VERSION_4 = [
  ...VERSION_3,
  'ALTER TABLE meta ADD COLUMN minutes_from BIGINT DEFAULT 0',
  'UPDATE meta SET schema_version = 4, minutes_from = 400',
];

/** What version 5 added. */
const VERSION_5 = [
  ...VERSION_4,
  ...['service_version', 'deployment_environment', 'service_instance_id'].map(
    (column) => `ALTER TABLE producers ADD COLUMN ${column} VARCHAR`,
  ),
  'UPDATE meta SET schema_version = 5',
];

for (const [version, statements] of [VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5].entries())
  describe(`a database of version ${version + 1}`, () => {
    let path: string;

    beforeEach(async () => {
      path = join(tempFolder(), 'old.duckdb');
      await sql(path, ...statements);
    });

    afterEach(removeTempFolders);

    it('keeps its events and producers, and gets aggregates of what it has', async () => {
      const store = await DuckDbStore.open(path, LIMITS);
      expect(await store.events({ limit: 1000 })).to.have.length(400);
      expect(await store.append(append({ seq: 41 }))).to.deep.equal({ status: 'duplicate' });
      expect((await store.producer('producer-1'))?.service).to.deep.equal(NO_SERVICE_INFO);
      expect((await store.append(append({ seq: 42 }))).status).to.equal('stored');
      expect((await store.producer('producer-1'))?.service).to.include({ version: '1.2.3' });
      const newest = (await store.events({ limit: 1000 })).toSorted((a, b) => b.id - a.id);
      expect(
        newest
          .slice(0, 2)
          .map(({ errorType, responseBodySize, release }) => [errorType, responseBodySize, release]),
      ).to.deep.equal([
        ['TypeError', 2 ** 40, '1.2.3'],
        [null, null, null],
      ]);
      const range = { since: START - 200 * HOUR, until: START + HOUR, bucketMillis: HOUR };
      for (const bucketMillis of [HOUR, HOUR / 2]) {
        const { totals } = await store.analytics.overview({ ...range, bucketMillis });
        expect(totals.requests, 'aggregated or not').to.equal(401);
      }
      await store.rollUp();
      const { totals, estimated } = await store.analytics.overview(range);
      expect([totals.requests, estimated]).to.deep.equal([401, true]);
      expect(totals.latency.p50).to.be.closeTo(200, 4);
      expect(totals.clients, 'and that of the new event').to.equal(8);
      const clients = await store.analytics.clients({ ...range, limit: 10 });
      expect(clients.map(({ requests }) => requests)).to.deep.equal([58, 57, 57, 57, 57, 57, 57, 1]);
      for (const { sourceIp, requests } of clients)
        expect(await store.events({ limit: 1000, client: sourceIp })).to.have.length(requests);
      await store.close();
      expect(await sql(path, 'SELECT schema_version, rolled_up_to FROM meta')).to.deep.equal([
        [SCHEMA_VERSION, '401'],
      ]);
      expect(await sql(path, 'SELECT sum(requests)::INTEGER FROM minute_requests')).to.deep.equal([[401]]);
      expect(await sql(path, 'SELECT sum(events)::INTEGER FROM hour_metrics')).to.deep.equal([[400 + 1]]);
    });

    it('is brought up to date once', async () => {
      for (let round = 0; round < 3; round += 1) {
        const store = await DuckDbStore.open(path, LIMITS);
        await store.rollUp();
        await store.close();
      }
      expect(await sql(path, 'SELECT sum(requests)::INTEGER FROM hour_requests')).to.deep.equal([[400]]);
    });
  });

describe('a database that cannot be brought up to date', () => {
  afterEach(removeTempFolders);

  it('stays one of its version, which the server of that version goes on with', async () => {
    const path = join(tempFolder(), 'old.duckdb');
    const columns = `SELECT table_name, column_name FROM duckdb_columns() ORDER BY ALL`;
    await sql(path, ...VERSION_5, `UPDATE events SET source_ip = 'no hash' WHERE id = 7`);
    const before = await sql(path, columns);
    const refused = await DuckDbStore.open(path, LIMITS).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'DB_UNAVAILABLE' });
    expect(await sql(path, 'SELECT schema_version, minutes_from FROM meta')).to.deep.equal([[5, '400']]);
    expect(await sql(path, columns)).to.deep.equal(before);
    expect(await sql(path, 'SELECT count(*)::INTEGER FROM minute_requests')).to.deep.equal([[200]]);
    await sql(path, 'UPDATE events SET source_ip = NULL WHERE id = 7');
    const store = await DuckDbStore.open(path, LIMITS);
    expect(await store.append(append({ seq: 41 }))).to.deep.equal({ status: 'duplicate' });
    await store.close();
    expect(await sql(path, 'SELECT schema_version FROM meta')).to.deep.equal([[SCHEMA_VERSION]]);
  });
});

describe('a database of version 11', () => {
  afterEach(removeTempFolders);

  it('gives no id again whose event is gone, and misses nothing', async () => {
    const path = join(tempFolder(), 'old.duckdb');
    const filled = await DuckDbStore.open(path, LIMITS);
    await filled.append(append({ events: Array.from({ length: 40 }, () => storeEvent()) }));
    await filled.rollUp();
    await filled.close();
    await sql(path, 'DELETE FROM events WHERE id > 35', 'UPDATE meta SET schema_version = 11');
    const store = await DuckDbStore.open(path, LIMITS);
    expect(store.missingEvents).to.equal(0);
    await store.append(append({ seq: 2, events: [storeEvent()] }));
    await store.rollUp();
    await store.append(append({ seq: 3, events: [storeEvent()] }));
    await store.rollUp();
    const newest = (await store.events({ limit: 100 })).map(({ id }) => id).toSorted((a, b) => b - a);
    expect(newest.slice(0, 3)).to.deep.equal([42, 41, 35]);
    await store.close();
    for (const table of ['minute_requests', 'hour_requests'])
      expect(await sql(path, `SELECT sum(requests)::INTEGER FROM ${table}`), table).to.deep.equal([[37]]);
  });

  it('tells whom its requests were for, and what failed, before and after that is aggregated', async () => {
    const path = join(tempFolder(), 'old.duckdb');
    const range = { since: START - 200 * HOUR, until: START + HOUR };
    const answers = async (store: DuckDbStore): Promise<unknown> => [
      (await store.analytics.overview({ ...range, bucketMillis: HOUR })).totals.requests,
      (await store.analytics.consumers({ ...range, by: 'consumer', order: 'requests', limit: 10 })).consumers,
      await store.analytics.errors({ ...range, limit: 10 }),
      await store.analytics.values({ ...range, of: 'consumer_group', limit: 10 }),
    ];
    const filled = await DuckDbStore.open(path, LIMITS);
    const events = Array.from({ length: 40 }, (_, n) =>
      storeEvent({ timestamp: START - n * HOUR, outcome: n % 4 === 0 ? 'error' : 'completed', latencyMs: 5 }),
    );
    await filled.append(append({ events }));
    await filled.rollUp();
    const should = await answers(filled);
    await filled.close();
    await sql(
      path,
      ...['day_consumers', 'day_consumer_latencies', 'hour_errors'].map((name) => `DROP TABLE ${name}`),
      'UPDATE meta SET schema_version = 11',
    );
    const store = await DuckDbStore.open(path, LIMITS);
    await store.rollUp();
    expect(await answers(store)).to.deep.equal(should);
    await store.close();
    expect(await sql(path, 'SELECT sum(requests)::INTEGER FROM day_consumers')).to.deep.equal([[40]]);
    expect(await sql(path, 'SELECT sum(requests)::INTEGER FROM hour_requests')).to.deep.equal([[40]]);
  });
});
