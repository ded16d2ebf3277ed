import { expect } from 'chai';

import { MAX_LATENCY_BUCKET, MIN_LATENCY_BUCKET } from '../../../dist/store/figures/log-buckets.js';
import { countedSql, unpacked, unpackedSql } from '../../../dist/store/postgres/aggregates/packed-counts.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';

const COUNTS = [
  { bucket: MIN_LATENCY_BUCKET, count: 3 },
  { bucket: -1, count: 1 },
  { bucket: 0, count: 12_345_678_901 },
  { bucket: 17, count: 2 ** 21 },
  { bucket: MAX_LATENCY_BUCKET, count: 7 },
];

describe('counts of latencies in a text', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();

  it('mean the same to the database that wrote them and here, where each bucket is there once', async () => {
    const values = [...COUNTS, { bucket: 17, count: 5 }].map(({ bucket, count }) => `(${bucket}, ${count})`);
    const written = `(SELECT string_agg((${countedSql('bucket', 'n')})::text, ',') AS latencies
                      FROM (VALUES ${values.join(', ')}) AS v(bucket, n))`;
    const [row] = await ask<{ latencies: string; read: readonly { bucket: number; count: number }[] }>(
      await freshDatabase(),
      `SELECT latencies, (
         SELECT json_agg(s ORDER BY bucket)
         FROM (SELECT bucket, sum(count) AS count FROM ${unpackedSql('latencies')} AS u GROUP BY bucket) AS s) AS read
       FROM ${written} AS w`,
    );
    const expected = COUNTS.map((each) => (each.bucket === 17 ? { bucket: 17, count: 2 ** 21 + 5 } : each));
    expect(row?.read).to.deep.equal(expected);
    expect(unpacked(row?.latencies ?? '')).to.deep.equal(expected);
  });
});
