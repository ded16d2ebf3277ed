import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { spawn } from 'node:child_process';

import { expect } from 'chai';
import pg from 'pg';

import { migrate, versionsOf } from '../../../dist/store/postgres/schema/migrate.js';
import { MIGRATIONS, type Migration } from '../../../dist/store/postgres/schema/migrations.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { parseStoreUrl } from '../../../dist/store/store-address.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append } from '../../support/events/events.js';
import { laterVersion } from '../../support/processes/later-version.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { LIMITS, openStore, SECRETS } from '../../support/databases/postgres-store.js';
import { tempFolder } from '../../support/temp-folder.js';

/** Of the tables that the server makes which was built here. */
const OWN = MIGRATIONS.length + 1;

/** Adds to what writers use, and would fail if it were run twice. */
const ADDS: Migration = {
  usableFrom: OWN,
  statements: [
    'ALTER TABLE producers ADD COLUMN later integer NOT NULL DEFAULT 7',
    'ALTER TABLE events ADD COLUMN later integer NOT NULL DEFAULT 7',
    'CREATE INDEX producers_later ON producers (later)',
    'CREATE TABLE later (n integer PRIMARY KEY)',
  ],
};
/** As one that removes what servers of version {@link OWN} use would say. */
const ENDS_OWN: Migration = { usableFrom: OWN + 1, statements: [] };

describe('tables of one version and of the next', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();
  let url: string;

  const version = async (): Promise<number | undefined> =>
    (await ask<{ version: number }>(url, 'SELECT version FROM meta'))[0]?.version;

  async function open(): Promise<PostgresStore> {
    return closedLater(await openStore(url));
  }

  async function openLater(...migrations: readonly Migration[]): Promise<PostgresStore> {
    const folder = laterVersion(join(tempFolder(), 'later'), migrations);
    const module = pathToFileURL(join(folder, 'dist/store/postgres/store.js')).href;
    const later = (await import(module)) as { readonly PostgresStore: typeof PostgresStore };
    const address = parseStoreUrl(url);
    if (address === undefined) throw new Error('no URL');
    return closedLater(await later.PostgresStore.open(address, LIMITS, SECRETS));
  }

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    afterTest(() => client.end());
    await client.connect();
    return client;
  }

  beforeEach(async () => {
    url = await freshDatabase();
  });

  it('are made at once in the newest version for the first server', async () => {
    const store = await openLater(ADDS, ENDS_OWN);
    expect(await version()).to.equal(OWN + 2);
    expect((await store.append(append({ seq: null }))).status).to.equal('stored');
    expect(await ask(url, 'SELECT later FROM events')).to.deep.equal([{ later: 7 }]);
  });

  it('S23 are used by servers of both versions at the same time', async () => {
    const old = await open();
    await old.append(append({ seq: null }));
    const next = await openLater(ADDS);
    expect(await version()).to.equal(OWN + 1);
    const oldAgain = await open();
    const day = Date.now();
    for (const store of [old, next, oldAgain])
      expect((await store.append(append({ seq: null, receivedAt: day }))).status).to.equal('stored');
    for (const store of [next, old]) await store.rollUp();
    for (const store of [old, next, oldAgain]) expect((await store.summary({})).requests).to.equal(4);
    expect(await version()).to.equal(OWN + 1);
  });

  it('refuse a server that is too old for them, which names their version and its own', async () => {
    await openLater(ADDS, ENDS_OWN);
    const error: Error = await open().then(
      () => expect.fail('it started'),
      (reason: Error) => reason,
    );
    expect(error).to.include({ code: 'DB_SCHEMA' });
    expect(error.message).to.equal(
      `the tables of the database are of version ${OWN + 2}, which takes a server of version ${OWN + 1} at least; this one is of version ${OWN}`,
    );
    expect(await version()).to.equal(OWN + 2);
  });

  it('are changed once by servers that start at the same time', async () => {
    await open();
    const started = await Promise.allSettled(Array.from({ length: 4 }, () => openLater(ADDS)));
    expect(await version()).to.equal(OWN + 1);
    for (const each of started) {
      if (each.status === 'rejected') throw each.reason;
      expect((await each.value.append(append({ seq: null }))).status).to.equal('stored');
    }
  });

  it('S23 stay as they were where a server is killed in the middle of changing them, and the next one changes them', async () => {
    const old = await open();
    await ask(url, 'CREATE TABLE pace (seconds integer)');
    await ask(url, 'INSERT INTO pace VALUES (600)');
    const slowly = { ...ADDS, statements: [...ADDS.statements, 'SELECT pg_sleep(seconds) FROM pace'] };
    const folder = laterVersion(join(tempFolder(), 'later'), [slowly]);
    const server = spawn(process.execPath, [join(folder, 'bin/cerberus-server.mjs'), '--port', '0'], {
      env: {
        ...process.env,
        CERBERUS_SERVER_STORE: url,
        CERBERUS_SERVER_TOKEN: SECRETS.token,
        CERBERUS_SERVER_SECRET_KEY: SECRETS.secretKey,
      },
      stdio: 'ignore',
    });
    afterTest(() => server.kill('SIGKILL'));
    const migrating = `
      SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND query ~ 'FROM pace' AND pid <> pg_backend_pid()`;
    await until('it is in the middle', async () => (await ask(url, migrating)).length > 0, 30_000);
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    await until('PostgreSQL has noticed', async () => (await ask(url, migrating)).length === 0, 20_000);
    expect(await version()).to.equal(OWN);
    expect(await ask(url, `SELECT to_regclass('later') AS later`)).to.deep.equal([{ later: null }]);
    expect((await old.append(append({ seq: null }))).status).to.equal('stored');
    await ask(url, 'UPDATE pace SET seconds = 0');
    const next = await openLater(slowly);
    expect(await version()).to.equal(OWN + 1);
    for (const store of [old, next])
      expect((await store.append(append({ seq: null }))).status).to.equal('stored');
  });

  it('are not waited for by writers while a long question keeps them from being changed', async () => {
    const old = await open();
    await old.append(append({ seq: null }));
    const reader = await connect();
    await reader.query('BEGIN; SELECT count(*) FROM events');
    const changed = migrate(await connect(), { migrations: [...MIGRATIONS, ADDS] });
    const waiting = `
      SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 0 AND granted AND classid = hashtext('cerberus')::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    await until('it waits', async () => (await ask(url, waiting)).length > 0);
    for (let count = 0; count < 20; count += 1)
      await within('an append', old.append(append({ seq: null })), 20_000);
    expect(await version()).to.equal(OWN);
    await reader.query('COMMIT');
    await within('the change', changed, 20_000);
    expect(await version()).to.equal(OWN + 1);
  });

  it('are left as they are, with a reason, where a session never ends that has one of them in use', async () => {
    await open();
    const reader = await connect();
    await reader.query('BEGIN; SELECT count(*) FROM events');
    const client = await connect();
    const error: unknown = await migrate(client, {
      migrations: [...MIGRATIONS, ADDS],
      patienceMillis: 0,
    }).catch((reason: unknown) => reason);
    expect(error)
      .to.include({ code: 'DB_SCHEMA' })
      .and.have.property('message')
      .that.matches(/^the tables could not be changed/);
    expect(await versionsOf(client)).to.include({ version: OWN });
  });

  it('can be used by servers of the version before, whichever migration has been written', () => {
    for (const [index, { usableFrom }] of MIGRATIONS.entries()) {
      expect(usableFrom).to.be.at.least(MIGRATIONS[index - 1]?.usableFrom ?? 1);
      expect(usableFrom).to.be.at.most(index + 1);
    }
  });
});

function closedLater(store: PostgresStore): PostgresStore {
  afterTest(() => store.close());
  return store;
}
