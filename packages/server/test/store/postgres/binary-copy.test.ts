import { expect } from 'chai';
import fc from 'fast-check';
import pg from 'pg';

import { BinaryCopy } from '../../../dist/store/postgres/engine/binary-copy.js';
import { copyIn } from '../../../dist/store/postgres/engine/copy-in.js';
import { usePostgres } from '../../support/databases/postgres.js';

const COLUMNS = `a smallint, b integer, c bigint, d double precision, e boolean, f date, g text, h bytea, i smallint[], j integer[],
  k bigint[], l text[]`;

const storable = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''));

const anyRow = fc.record({
  a: fc.option(fc.integer({ min: -32_768, max: 32_767 })),
  b: fc.integer(),
  c: fc.maxSafeInteger(),
  d: fc.double({ noNaN: true }),
  e: fc.boolean(),
  f: fc.integer({ min: -100_000, max: 100_000 }),
  g: storable,
  h: fc.uint8Array({ maxLength: 40 }),
  i: fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 5 }),
  j: fc.array(fc.integer(), { maxLength: 5 }),
  k: fc.array(fc.maxSafeInteger(), { maxLength: 5 }),
  l: fc.array(storable, { maxLength: 5 }),
});

describe('rows in the binary format of COPY', () => {
  const freshDatabase = usePostgres();

  it('are read by PostgreSQL as they were written', async function () {
    this.timeout(60_000);
    const client = new pg.Client({ connectionString: await freshDatabase() });
    await client.connect();
    await client.query(`CREATE TABLE t (n serial, ${COLUMNS})`);
    await fc.assert(
      fc.asyncProperty(fc.array(anyRow, { maxLength: 30 }), async (rows) => {
        const copy = new BinaryCopy();
        for (const row of rows) {
          copy.row(12);
          if (row.a === null) copy.null();
          else copy.int2(row.a);
          copy.int4(row.b);
          copy.int8(row.c);
          copy.float8(row.d);
          copy.bool(row.e);
          copy.date(row.f);
          copy.text(row.g);
          copy.hex(Buffer.from(row.h).toString('hex'));
          copy.array('int2', row.i);
          copy.array('int4', row.j);
          copy.array('int8', row.k);
          copy.array('text', row.l);
        }
        await client.query('TRUNCATE t');
        await copyIn(
          client,
          'COPY t (a, b, c, d, e, f, g, h, i, j, k, l) FROM STDIN (FORMAT binary)',
          copy.finish(),
        );
        const found = await client.query<Record<string, unknown>>(
          `SELECT a, b, c::text, d, e, f - DATE '1970-01-01' AS f, g, h, i, j, k::text[], l FROM t ORDER BY n`,
        );
        expect(found.rows).to.deep.equal(
          rows.map((row) => ({
            ...row,
            c: String(row.c),
            h: Buffer.from(row.h),
            k: row.k.map(String),
          })),
        );
      }),
      { numRuns: 50 },
    );
    await client.end();
  });
});
