import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import { instantSql } from '../../../../dist/store/duckdb/engine/conditions.js';
import { filtered } from '../../../../dist/store/duckdb/questions/filter.js';
import { eventsQuery, totalsQuery } from '../../../../dist/store/duckdb/questions/queries.js';
import { CREATE_TABLES } from '../../../../dist/store/duckdb/schema.js';

describe('conditions on times', () => {
  // A cast column keeps DuckDB from skipping row groups, which makes each read as slow as the table is long.
  it('compare columns as they are stored', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    for (const sql of CREATE_TABLES) await connection.run(sql);
    // Of an empty table DuckDB makes no plan.
    await connection.run(`INSERT INTO events (id, received_at, event_time, client_id, endpoint, method, custom_data)
      SELECT i, make_timestamp_ms(i), make_timestamp_ms(i), 'shop', '/', 'GET', '{}' FROM range(3000) AS n(i)`);
    await connection.run('INSERT INTO minute_requests (start) SELECT event_time FROM events');
    const range = { since: 1000, until: 2000 };
    const queries = [
      filtered(range).query(`SELECT count(*) FROM events ${filtered(range).where}`),
      eventsQuery({ ...range, limit: 10, after: { value: 1500, id: 7 } }),
      totalsQuery(range),
      { sql: `FROM minute_requests WHERE start >= ${instantSql(1000)}`, values: {}, types: {} },
    ];
    for (const { sql, values, types } of queries) {
      const rows = (await connection.runAndReadAll(`EXPLAIN ${sql}`, values, types)).getRows();
      const plan = rows.map(([, text]) => String(text).replaceAll(/[\s│]+/g, '')).join();
      expect(plan).to.match(/(event_time|start)(>=|BETWEEN)/);
      expect(plan).to.not.match(/CAST\((event_time|start)/);
    }
    connection.closeSync();
    instance.closeSync();
  });
});
