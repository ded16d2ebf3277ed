// The clients with the most requests, from rows whose heads may tell, against sums.

import { expect } from 'chai';
import pg from 'pg';

import { HEAD_CLIENTS } from '../../../dist/store/postgres/aggregates/client-family.js';
import { Conditions, type BoundQuery } from '../../../dist/store/postgres/engine/conditions.js';
import { topClients } from '../../../dist/store/postgres/questions/top-clients.js';
import { seededRandom } from '../../support/events/random-events.js';
import { usePostgres } from '../../support/databases/postgres.js';

/** How many requests each client has in one row of aggregates. */
type Counts = ReadonlyMap<number, number>;

const NO_EVENTS =
  '(SELECT NULL::bigint AS client, 1 AS requests, 0 AS errors, 0::bigint AS seen WHERE false)';

describe('the clients with the most requests', function () {
  this.timeout(60_000);
  const newDatabase = usePostgres();
  let client: pg.Client;

  before(async () => {
    client = new pg.Client({ connectionString: await newDatabase() });
    await client.connect();
    await client.query(
      `CREATE TABLE given (clients bigint[], client_requests bigint[], client_errors bigint[], last_seen bigint[], most_behind bigint)`,
    );
  });

  after(() => client.end());
  beforeEach(() => client.query('TRUNCATE given'));

  /** In order, as put together, or in any order, as added. */
  async function put(counts: Counts, isOrdered = true): Promise<void> {
    const all = [...counts].toSorted(([, a], [, b]) => (isOrdered ? b - a : 0));
    const requests = all.map(([, count]) => count);
    const most = isOrdered ? (requests[HEAD_CLIENTS] ?? 0) : requests.reduce((a, b) => Math.max(a, b), 0);
    const clients = all.map(([key]) => key);
    const seen = all.map(([key, count]) => key * count);
    await client.query('INSERT INTO given VALUES ($1, $2, $3, $4, $5)', [
      clients,
      requests,
      requests,
      seen,
      most,
    ]);
  }

  /** What is found, and by how many statements. */
  async function top(limit: number): Promise<readonly [unknown, number]> {
    let statements = 0;
    const rows = async ({ sql, values }: BoundQuery): Promise<readonly Record<string, unknown>[]> => {
      statements += 1;
      return (await client.query<Record<string, unknown>>(sql, [...values])).rows;
    };
    const conditions = new Conditions().number('limit', limit);
    const found = await topClients(rows, { rows: '(SELECT * FROM given)', events: NO_EVENTS, conditions });
    return [
      found.map(({ key, requests, errors, last_seen: seen }) => [key, requests, errors, seen].map(Number)),
      statements,
    ];
  }

  function summed(all: readonly Counts[], limit: number): unknown {
    const sums = new Map<number, number[]>();
    for (const [key, count] of all.flatMap((counts) => [...counts])) {
      const [requests = 0, seen = 0] = sums.get(key) ?? [];
      sums.set(key, [requests + count, Math.max(seen, key * count)]);
    }
    return [...sums]
      .toSorted(([a, [requestsA = 0]], [b, [requestsB = 0]]) => requestsB - requestsA || a - b)
      .slice(0, limit)
      .map(([key, [requests, seen]]) => [key, requests, requests, seen]);
  }

  /** Few with many requests, and more than a head holds with few; who comes in a row is chance. */
  function skewed(random: () => number): Counts {
    const clients = Array.from({ length: 4 * HEAD_CLIENTS }, (_, key) => key + 1).filter(
      () => random() < 0.6,
    );
    return new Map(clients.map((key) => [key, 1 + Math.floor((random() * 200_000) / (key + 20) ** 1.5)]));
  }

  it('are known from the heads of rows where few have many, wherever these come', async () => {
    const random = seededRandom(7);
    const all = Array.from({ length: 6 }, () => skewed(random));
    for (const [index, counts] of all.entries()) await put(counts, index !== 3);
    for (const limit of [1, 20]) expect(await top(limit), `${limit}`).to.deep.equal([summed(all, limit), 1]);
  });

  it('are looked up behind the heads where they are not in all of them', async () => {
    const few = new Map(
      Array.from({ length: 2 * HEAD_CLIENTS }, (_, key) => [key + 1, key < HEAD_CLIENTS ? 3 : 2]),
    );
    const [last, notFirst] = [2 * HEAD_CLIENTS, 2 * HEAD_CLIENTS - 1];
    const all = [
      few,
      few,
      new Map([
        [last, 1000],
        [notFirst, 999],
        [5, 998],
      ]),
    ];
    for (const counts of all) await put(counts);
    expect(await top(3)).to.deep.equal([
      [
        [last, 1004, 1004, 1000 * last],
        [notFirst, 1003, 1003, 999 * notFirst],
        [5, 1004, 1004, 998 * 5],
      ].toSorted(([a = 0, requestsA = 0], [b = 0, requestsB = 0]) => requestsB - requestsA || a - b),
      1,
    ]);
  });

  it('are added up where clients hardly differ, and the heads cannot tell', async () => {
    const random = seededRandom(11);
    const flat = (): Counts =>
      new Map(
        Array.from({ length: 3 * HEAD_CLIENTS }, (_, key) => [key + 1, 5] as const).filter(
          () => random() < 0.7,
        ),
      );
    const all = [flat(), flat(), flat()];
    for (const counts of all) await put(counts);
    expect(await top(20)).to.deep.equal([summed(all, 20), 2]);
  });

  it('are added up where a server wrote rows that did not know of heads yet', async () => {
    const random = seededRandom(31);
    const all = [skewed(random), skewed(random)];
    for (const counts of all) await put(counts, false);
    await client.query('UPDATE given SET most_behind = NULL');
    expect(await top(20)).to.deep.equal([summed(all, 20), 2]);
  });

  it('are all that there are where these are fewer than were asked for', async () => {
    expect(await top(5)).to.deep.equal([[], 1]);
    const counts = new Map([
      [1, 4],
      [2, 4],
    ]);
    await put(counts, false);
    expect(await top(5)).to.deep.equal([summed([counts], 5), 1]);
  });

  it('are the same, whatever the rows are', async () => {
    const random = seededRandom(23);
    for (let round = 0; round < 12; round += 1) {
      await client.query('TRUNCATE given');
      const spread = 1 + random() * 3;
      const all = Array.from({ length: 1 + Math.floor(random() * 5) }, (): Counts => {
        const length = Math.floor(random() * 3 * HEAD_CLIENTS);
        const key = (): number => 1 + Math.floor(random() * 3 * HEAD_CLIENTS);
        return new Map(Array.from({ length }, () => [key(), 1 + Math.floor(50 * random() ** (spread * 3))]));
      });
      for (const counts of all) await put(counts, random() < 0.7);
      const limit = 1 + Math.floor(random() * 60);
      const [found] = await top(limit);
      expect(found, `round ${round}`).to.deep.equal(summed(all, limit));
    }
  });
});
