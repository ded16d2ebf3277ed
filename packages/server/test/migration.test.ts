// A file of version 1, made by the statements that version 1 made it with.

import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import { DuckDbStore } from '../dist/duckdb-store.js';
import { append, START } from './support/events.js';
import { removeTempFolders, tempFolder } from './support/temp-folder.js';

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
   SELECT i + 1, t, t, 'shop', NULL, '/a', true, 'GET', '{"items":' || i || '}', t, 200, i + 1, NULL, 'completed',
          NULL, NULL, NULL, NULL, NULL, NULL
   FROM (SELECT i, make_timestamp_ms(${START} - i * ${HOUR / 4})::TIMESTAMP_MS AS t FROM range(400) AS n(i))`,
  `INSERT INTO producers
   VALUES ('producer-1', 'my-app', 41, 'batch', NULL, make_timestamp_ms(${START}), make_timestamp_ms(${START}), 400, 0)`,
];

async function sql(path: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('a database of version 1', () => {
  let path: string;

  beforeEach(async () => {
    path = join(tempFolder(), 'old.duckdb');
    await sql(path, ...VERSION_1);
  });

  afterEach(removeTempFolders);

  it('keeps its events and producers, and gets aggregates of what it has', async () => {
    const store = await DuckDbStore.open(path, LIMITS);
    expect(await store.events({ limit: 1000 })).to.have.length(400);
    expect(await store.append(append({ seq: 41 }))).to.deep.equal({ status: 'duplicate' });
    expect((await store.append(append({ seq: 42 }))).status).to.equal('stored');
    const range = { since: START - 200 * HOUR, until: START + HOUR, bucketMillis: HOUR };
    expect((await store.analytics.overview(range)).totals.requests, 'aggregated or not').to.equal(401);
    await store.rollUp();
    const { totals, estimated } = await store.analytics.overview(range);
    expect([totals.requests, estimated]).to.deep.equal([401, true]);
    expect(totals.latency.p50).to.be.closeTo(200, 4);
    await store.close();
    expect(await sql(path, 'SELECT schema_version, rolled_up_to FROM meta')).to.deep.equal([[2, '401']]);
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
