// Promise: what is deleted is gone from every table, and what is kept is counted as if the rest had never been there; whatever
// the clocks of the senders said, and however late events came.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import { ROLLUP_TABLES } from '../../dist/store/duckdb/aggregates/rollup-tables.js';
import { timeOfOrder } from '../../dist/store/duckdb/engine/conditions.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import type { CerberusEvent } from '../../dist/event/event.js';
import { append, START, storeEvent } from '../support/events/events.js';
import { hashOf, randomEvent, seededRandom } from '../support/events/random-events.js';
import { tempFolder } from '../support/temp-folder.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIMITS = { memoryLimit: '256MB', threads: 1 };
/** Of clients whose events are all deleted, and of one that has others. */
const [GONE, FAST_CLOCK, STAYS] = [hashOf(1001), hashOf(1002), hashOf(1003)];
/** Columns of events that version 7 did not have. */
const SINCE_7 = [
  'service_version',
  'deployment_environment',
  'consumer',
  'consumer_group',
  'consumer_label',
  'path_group',
  'client',
];

interface Arrival {
  readonly receivedAt: number;
  readonly events: readonly CerberusEvent[];
}

describe('what is deleted', () => {
  let folder: string;

  beforeEach(() => {
    folder = tempFolder();
  });

  /** Some of them aggregated before the deletion, some not. */
  async function filled(name: string, arrivals: readonly Arrival[]): Promise<DuckDbStore> {
    const store = await DuckDbStore.open(join(folder, name), LIMITS);
    for (const [index, { receivedAt, events }] of arrivals.entries()) {
      await store.append(append({ seq: null, receivedAt, events }));
      if (index === Math.floor(arrivals.length / 2)) await store.rollUp();
    }
    return store;
  }

  it('S6 is gone from every table and from a copy, while the other events of its hours and days stay', async () => {
    const day = Math.floor(START / DAY) * DAY;
    const of = (sourceIp: string, timestamp: number): CerberusEvent => storeEvent({ sourceIp, timestamp });
    const store = await filled('x.duckdb', [
      { receivedAt: day, events: [of(GONE, day), of(FAST_CLOCK, day + 3650 * DAY), of(STAYS, day + 1)] },
      { receivedAt: day + 10 * HOUR, events: [of(STAYS, day + 2), of(GONE, day + 9 * HOUR)] },
      // Late: of the hour of those that go.
      { receivedAt: day + 20 * HOUR, events: [of(STAYS, day + 3), of(STAYS, day + 9 * HOUR)] },
    ]);
    await store.rollUp();
    await store.archive.backup(join(folder, 'before.duckdb'));
    expect(await store.deleteOld({ before: day + 11 * HOUR, maxBytes: undefined })).to.equal(5);
    await store.archive.backup(join(folder, 'after.duckdb'));
    await store.close();
    for (const hash of [GONE, FAST_CLOCK]) {
      expect(await tablesWith(join(folder, 'before.duckdb'), hash)).to.include('events', 'day_clients');
      expect(isInBytes(join(folder, 'before.duckdb'), hash)).to.equal(true);
      for (const file of ['x.duckdb', 'after.duckdb']) {
        expect(await tablesWith(join(folder, file), hash), file).to.deep.equal([]);
      }
      expect(isInBytes(join(folder, 'after.duckdb'), hash)).to.equal(false);
    }
    const left = ['day_clients', 'events', 'hour_clients'];
    expect(await tablesWith(join(folder, 'x.duckdb'), STAYS)).to.deep.equal(left);
    const again = await DuckDbStore.open(join(folder, 'x.duckdb'), LIMITS);
    const range = { since: day - 20 * DAY, until: day + 20 * DAY };
    expect((await again.analytics.overview({ ...range, bucketMillis: DAY })).totals.requests).to.equal(2);
    const clients = await again.analytics.clients({ ...range, limit: 10 });
    expect(clients.map(({ sourceIp, requests }) => [sourceIp, requests])).to.deep.equal([[STAYS, 2]]);
    await again.close();
  });

  it('S6 leaves aggregates that are those of the events that stay', async function () {
    this.timeout(60_000);
    const random = seededRandom(5);
    const arrivals = Array.from({ length: 24 }, (_, index): Arrival => {
      const receivedAt = START + index * HOUR;
      const events = Array.from({ length: 40 }, () => {
        // Late by up to three days, and now and then far ahead.
        const event = randomEvent(random, receivedAt - Math.floor(3 * DAY * random()), receivedAt + 1);
        return random() < 0.02
          ? { ...event, timestamp: receivedAt + Math.floor(random() * 4000 * DAY) }
          : event;
      });
      return { receivedAt, events };
    });
    const before = START + 14 * HOUR;
    const store = await filled('deleted.duckdb', arrivals);
    await store.deleteOld({ before: START + 4 * HOUR, maxBytes: undefined });
    expect(await store.deleteOld({ before, maxBytes: undefined })).to.equal(10 * 40);
    await store.rollUp();
    await store.close();
    const kept = arrivals.filter(({ receivedAt }) => receivedAt >= before);
    const fresh = await filled('fresh.duckdb', kept);
    await fresh.rollUp();
    await fresh.close();
    for (const { name, keys, merged } of ROLLUP_TABLES) {
      const columns = ['start', ...Object.keys(keys)].join(', ');
      // Ids are those of the file.
      const measures = Object.values(merged).map((each) =>
        each.replace('max(last_event)', timeOfOrder('max(last_event)')),
      );
      const sql = `SELECT ${columns}, ${measures.join(', ')} FROM ${name} GROUP BY ${columns} ORDER BY ALL`;
      const [found, expected] = await Promise.all(
        ['deleted.duckdb', 'fresh.duckdb'].map((file) => rowsOf(join(folder, file), sql)),
      );
      expect(expected?.length, name).to.be.above(0);
      expect(found, name).to.deep.equal(expected);
    }
  });

  it('S6 holds for what an older version has left in a file, too', async () => {
    const path = join(tempFolder(), 'x.duckdb');
    const store = await DuckDbStore.open(path, LIMITS);
    await store.append(append({ seq: null, events: [storeEvent({ sourceIp: STAYS })] }));
    await store.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const column of SINCE_7) await connection.run(`ALTER TABLE events DROP COLUMN ${column}`);
    await connection.run('DROP TABLE releases');
    await connection.run('UPDATE meta SET schema_version = 6');
    await connection.run(
      `INSERT INTO day_clients (start, client_id, client, source_ip, requests, errors, last_seen)
       VALUES ('2036-01-01', 'x', 1, unhex('${FAST_CLOCK}'), 1, 0, '2036-01-01')`,
    );
    connection.closeSync();
    instance.closeSync();
    const again = await DuckDbStore.open(path, LIMITS);
    await again.rollUp();
    await again.close();
    expect(await tablesWith(path, FAST_CLOCK)).to.deep.equal([]);
    expect(await tablesWith(path, STAYS)).to.deep.equal(['day_clients', 'events', 'hour_clients']);
  });
});

async function rowsOf(path: string, sql: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String).join(' '));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Tables in any column of which a pseudonym is: as a text, as bytes, or as the number that stands for it. */
async function tablesWith(path: string, hash: string): Promise<readonly string[]> {
  const key = BigInt(`0x${hash.slice(0, 16)}`);
  const columns = await rowsOf(
    path,
    'SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal',
  );
  const parts = columns.map((each) => {
    const [table = '', column = '', type = ''] = each.split(' ');
    const text = type === 'BLOB' ? `lower(hex("${column}"))` : `"${column}"::VARCHAR`;
    return `SELECT '${table}' FROM ${table} WHERE contains(${text}, '${hash}') OR ${text} = '${key}'`;
  });
  return rowsOf(path, `SELECT DISTINCT * FROM (${parts.join(' UNION ALL ')}) ORDER BY ALL`);
}

function isInBytes(path: string, hash: string): boolean {
  const bytes = readFileSync(path);
  return bytes.includes(hash) || bytes.includes(Buffer.from(hash, 'hex'));
}
