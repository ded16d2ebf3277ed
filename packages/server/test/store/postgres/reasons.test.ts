// Why a database did not do what it was asked for, as logs say it.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';
import pg from 'pg';

import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

import { failureReason } from '../../../dist/store/failure-reason.js';
import { ask, useOwnPostgres } from '../../support/databases/postgres.js';
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

  it('to connect is named where the driver has only a text for it: no TLS, no password, no answer', async () => {
    const url = await freshDatabase();
    expect(await failureOf(openStore(`${url}?sslmode=verify-full`))).to.match(/: it does not speak TLS$/);
    await ask(url, `CREATE ROLE guarded LOGIN PASSWORD 'p'`);
    const rules = join(engine().data, 'pg_hba.conf');
    const before = readFileSync(rules, 'utf8');
    afterTest(() => writeFileSync(rules, before));
    writeFileSync(rules, `host all guarded all scram-sha-256\n${before}`);
    await engine().reload();
    const guarded = url.replace('cerberus@', 'guarded@');
    await until('it wants a password', async () =>
      (await failureOf(openStore(guarded))).endsWith(': it wants a password'),
    );
    const silent = createServer((socket) => afterTest(() => socket.destroy())).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    afterTest(() => silent.close());
    const { port } = silent.address() as AddressInfo;
    expect(await failureOf(openStore(`postgres://user@127.0.0.1:${port}/cerberus`))).to.match(
      /: nothing answers there$/,
    );
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
