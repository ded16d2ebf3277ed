// Why a database did not do what it was asked for, as logs say it.
import { expect } from 'chai';
import pg from 'pg';

import { failureReason } from '../../../dist/store/failure-reason.js';
import { useOwnPostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

describe('a failure of PostgreSQL', function () {
  this.timeout(60_000);
  const { engine, freshDatabase } = useOwnPostgres();

  async function failureOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(() => 'no failure', failureReason);
  }

  it('that is the end of a connection is called so, though the driver gives no code', async () => {
    const client = new pg.Client({ connectionString: await freshDatabase() });
    client.on('error', () => undefined);
    await client.connect();
    const asked = failureOf(client.query('SELECT pg_sleep(30)'));
    client.connection.stream.destroy();
    expect(await asked).to.equal('the connection to the database was lost');
    expect(await failureOf(client.query('SELECT 1'))).to.equal('the connection to the database was lost');
  });

  it('to reach it is named with its reason, also by what asks for rules of alerts', async () => {
    const url = await freshDatabase();
    const store = await openStore(url);
    await engine().stop();
    const reason = await failureOf(store.documents.list(['rule']));
    await engine().startAgain();
    await store.close();
    expect(reason).to.match(/^no database at 127\.0\.0\.1:\d+\/\w+: ECONNREFUSED$/);
  });
});
