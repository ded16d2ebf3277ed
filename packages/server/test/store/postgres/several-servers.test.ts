import { expect } from 'chai';

import type { CerberusEvent } from '../../../dist/event/event.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import type { Append } from '../../../dist/store/store.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { append, claimOf, producerRef, storeEvent } from '../../support/events/events.js';
import { ask, useOwnPostgres, usePostgres } from '../../support/databases/postgres.js';
import { openStore, SECRETS } from '../../support/databases/postgres-store.js';

const DAY = 86_400_000;

/** What became of an append. */
function settled(appended: Promise<{ readonly status: string }>): Promise<string> {
  return appended.then(
    ({ status }) => status,
    () => 'failed',
  );
}

describe('several servers on one PostgreSQL database', () => {
  const freshDatabase = usePostgres();
  let url: string;
  let stores: PostgresStore[];

  async function open(): Promise<PostgresStore> {
    const store = await openStore(url);
    stores.push(store);
    return store;
  }

  async function count(table = 'events'): Promise<number> {
    const [row] = await ask<{ n: number }>(url, `SELECT count(*)::int AS n FROM ${table}`);
    return row?.n ?? -1;
  }

  beforeEach(async () => {
    url = await freshDatabase();
    stores = [];
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });

  it('make the tables once when they start at the same time', async () => {
    await Promise.all(Array.from({ length: 4 }, open));
    expect(await count('meta')).to.equal(1);
    for (const store of stores) expect((await store.append(append({ seq: null }))).status).to.equal('stored');
    expect(await count()).to.equal(4);
  });

  it('say the same rate of requests, whichever of them stored these', async () => {
    const [one, other] = [await open(), await open()];
    const began = (millisAgo: number, clientId: string): CerberusEvent =>
      storeEvent({ clientId, timestamp: Date.now() - millisAgo });
    const shop = [60_000, 6000, 6000, 6000].map((millis) => began(millis, 'shop'));
    await one.append(append({ seq: null, events: [...shop, began(6000, 'other')] }));
    const [everybody, ofShop] = [{}, { clientId: 'shop' }];
    for (const { rate } of [one, other]) {
      expect(await rate.perSecond(everybody)).to.equal(0.4);
      expect(await rate.perSecond(ofShop)).to.equal(0.3);
      const endpoint = { method: 'GET', endpoint: '/api/users/:id' };
      expect(await rate.perSecond({ ...ofShop, ...endpoint })).to.equal(0.3);
      expect(await rate.perSecond({ ...ofShop, ...endpoint, method: 'PUT' })).to.equal(0);
    }
  });

  it('S18 fence off the server that a producer has left, whatever comes to it later', async () => {
    const [old, next] = [await open(), await open()];
    const { claim: first } = await claimOf(old);
    await old.append(append({ seq: 1, claim: first }));
    const { claim: second, lastSeq } = await claimOf(next);
    expect(lastSeq).to.equal(1);
    expect(await old.append(append({ seq: 2, claim: first }))).to.deep.equal({ status: 'superseded' });
    expect(await next.append(append({ seq: 2, claim: second }))).to.deep.equal({
      status: 'stored',
      skipped: 0,
    });
    expect(await count()).to.equal(2);
  });

  it('S18 store each frame once while its producer goes from server to server', async function () {
    this.timeout(60_000);
    const all = [await open(), await open(), await open()];
    let lastSeq = 0;
    const late: Promise<unknown>[] = [];
    for (let round = 0; round < 30; round += 1) {
      const store = all[round % 3] as PostgresStore;
      const got = await claimOf(store);
      expect(got.lastSeq).to.be.at.least(lastSeq);
      lastSeq = got.lastSeq;
      const send = (seq: number): Promise<unknown> =>
        store.append(append({ seq, claim: got.claim, after: seq === lastSeq + 1 ? null : seq - 1 }));
      const frames = Array.from({ length: 5 }, (_, index) => send(lastSeq + 1 + index));
      // The producer waits for the first of them, or for none, and goes on elsewhere.
      if (round % 2 === 0) await frames[0];
      late.push(...frames);
    }
    await Promise.all(late);
    const { lastSeq: last } = await claimOf(all[0] as PostgresStore);
    expect(last).to.be.greaterThan(0);
    expect(await count()).to.equal(last);
  });

  it('give events ids that no other server gives', async () => {
    const all = [await open(), await open(), await open()];
    const frames = Array.from({ length: 300 }, (_, index) =>
      (all[index % 3] as PostgresStore).append(append({ seq: null, events: [storeEvent(), storeEvent()] })),
    );
    await Promise.all(frames);
    const [row] = await ask<{ n: number }>(url, 'SELECT count(DISTINCT id)::int AS n FROM events');
    expect(row?.n).to.equal(600);
  });

  it('claim a thousand producers that come at once with one connection each', async () => {
    const [store] = [await open()];
    const claims = Array.from({ length: 1000 }, (_, n) =>
      claimOf(store, producerRef({ producer: `p-${n}` })),
    );
    const [row] = await ask<{ n: number }>(
      url,
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'cerberus-server' AND datname = current_database()`,
    );
    expect(row?.n).to.be.at.most(10);
    expect(new Set((await Promise.all(claims)).map(({ claim }) => claim)).size).to.equal(1000);
  });

  it('are opened in code as well, with errors that name no password', async () => {
    const { openPostgresStore } = await import('../../../dist/postgres.js');
    const store = await openPostgresStore(url, SECRETS);
    expect((await store.append(append())).status).to.equal('stored');
    await store.close();
    for (const bad of ['secret', 'postgres://user:secret@127.0.0.1:1/x']) {
      const error = await openPostgresStore(bad, SECRETS).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect(error?.message).to.be.a('string').and.not.include('secret');
    }
  });

  it('start only with the secrets that the first of them was given', async () => {
    await open();
    for (const secrets of [
      { ...SECRETS, token: 'another' },
      { ...SECRETS, secretKey: 'another' },
    ]) {
      const error = await openStore(url, secrets).then(
        () => undefined,
        (reason: unknown) => reason as { code: string; message: string },
      );
      expect(error?.code).to.equal('INVALID_OPTION');
      expect(error?.message).to.not.include('another');
    }
    const [row] = await ask<Record<string, Buffer>>(url, 'SELECT token_print, key_print FROM meta');
    expect(JSON.stringify(row)).to.not.include(Buffer.from(SECRETS.token).toString('base64'));
  });

  it('start with other secrets when the old ones were taken out of the database', async () => {
    await (await open()).close();
    await ask(url, 'UPDATE meta SET token_print = NULL, key_print = NULL');
    const store = await openStore(url, { token: 'new', secretKey: 'new' });
    await store.close();
    const error: unknown = await openStore(url).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'INVALID_OPTION');
  });

  it('forget no producer that another server has a connection of', async () => {
    const [one, other] = [await open(), await open()];
    await claimOf(one);
    const old = { seq: 1, claim: null, receivedAt: Date.now() - 40 * DAY } satisfies Partial<Append>;
    await one.append(append(old));
    await one.append(append({ ...old, producer: producerRef({ producer: 'gone' }) }));
    await one.forgetProducers(Date.now() - 50 * DAY, ['producer-1']);
    expect(await other.forgetProducers(Date.now() - 30 * DAY, [])).to.equal(1);
    expect(await one.producer('producer-1')).to.include({ lastSeq: 1 });
    expect(await one.producer('gone')).to.equal(undefined);
  });

  it('take events of a day that nobody has made a partition for, and several of a group that spans midnight', async () => {
    const store = await open();
    const midnight = Math.ceil(Date.now() / DAY) * DAY + 400 * DAY;
    const seqs = [-2, -1, 0, 1].map((offset, index) =>
      store.append(append({ seq: index + 1, receivedAt: midnight + offset })),
    );
    await Promise.all(seqs);
    const rows = await ask<{ n: number }>(url, 'SELECT count(*)::int AS n FROM events GROUP BY arrived');
    expect(rows.map(({ n }) => n)).to.deep.equal([2, 2]);
    expect(await count('pending')).to.equal(2);
  });

  it('go on after their connections were ended', async () => {
    const store = await open();
    const { claim } = await claimOf(store);
    await store.append(append({ seq: 1, claim }));
    for (let seq = 2; seq <= 5; seq += 1) {
      await ask(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'cerberus-server' AND datname = current_database()`,
      );
      const send = (): Promise<string> =>
        store.append(append({ seq, claim })).then(
          ({ status }) => status,
          () => 'failed',
        );
      await until('the frame is stored', async () => ['stored', 'duplicate'].includes(await send()));
    }
    expect(await count()).to.equal(5);
    await claimOf(store);
  });

  it('give no id twice where a backup takes the place of their database under them', async () => {
    await open();
    const single = (): Append => append({ seq: null });
    const { pathname } = new URL(url);
    const name = pathname.slice(1);
    const postgres = url.replace(pathname, '/postgres');
    const endAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`;
    const inPlace = async (steps: readonly string[]): Promise<void> => {
      await ask(postgres, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await ask(postgres, endAll, [name]);
      for (const step of steps) await ask(postgres, step);
      await ask(postgres, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    };
    await inPlace([`CREATE DATABASE ${name}_backup TEMPLATE ${name}`]);
    const stored = async (store: PostgresStore): Promise<void> => {
      await until('it is stored', async () => (await settled(store.append(single()))) === 'stored');
    };
    // It takes numbers that the backup has not given, and another one will be given.
    const one = await open();
    await stored(one);
    await inPlace([`DROP DATABASE ${name}`, `ALTER DATABASE ${name}_backup RENAME TO ${name}`]);
    const two = await open();
    for (const store of [one, one, one]) await stored(store);
    // What waits to be aggregated has a key that would refuse the second.
    await until('it is aggregated', async () =>
      one.rollUp().then(
        () => true,
        () => false,
      ),
    );
    for (const store of [two, two, two, two]) await stored(store);
    const rows = await ask<{ id: string }>(url, 'SELECT id FROM events');
    expect(new Set(rows.map(({ id }) => id)).size).to.equal(rows.length);
  });

  it('get a producer whose transaction another server has left open after its time for idling', async () => {
    const store = await open();
    await claimOf(store);
    // What a server does that is cut off within a transaction.
    const pg = await import('pg');
    const cutOff = new pg.default.Client({ connectionString: url });
    cutOff.on('error', () => undefined);
    await cutOff.connect();
    await cutOff.query(`SET idle_in_transaction_session_timeout = '1s'`);
    await cutOff.query('BEGIN');
    await cutOff.query('SELECT 1 FROM producers FOR UPDATE');
    const claimed = claimOf(store).then(() => 'claimed');
    expect(await Promise.race([claimed, pause(300)])).to.equal(undefined);
    expect(await claimed).to.equal('claimed');
  });

  it('say in their sessions how long they idle in a transaction, and that what they commit is durable', async () => {
    const { Connector } = await import('../../../dist/store/postgres/engine/connect.js');
    const client = await new Connector({ urls: [url], name: 'x' }).connect();
    const { rows } = await client.query(
      `SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('synchronous_commit') AS sync`,
    );
    await client.end();
    expect(rows).to.deep.equal([{ idle: '5s', sync: 'on' }]);
  });
});

describe('a commit that waits for a standby', () => {
  const { freshDatabase } = useOwnPostgres();
  let url: string;
  let store: PostgresStore;
  let claim: number;

  async function configure(statement: string, expected: string): Promise<void> {
    await ask(url, `ALTER SYSTEM ${statement}`);
    await ask(url, 'SELECT pg_reload_conf()');
    await until('the setting is known', async () => {
      const [row] = await ask<{ n: string }>(url, `SELECT current_setting('synchronous_standby_names') AS n`);
      return row?.n === expected;
    });
  }
  const loseStandby = (): Promise<void> =>
    configure(`SET synchronous_standby_names = 'FIRST 1 (nobody)'`, 'FIRST 1 (nobody)');
  const findStandby = (): Promise<void> => configure('RESET synchronous_standby_names', '');
  const send = (seq: number): Promise<string> =>
    store.append(append({ seq, claim })).then(
      ({ status }) => status,
      () => 'failed',
    );

  beforeEach(async () => {
    url = await freshDatabase();
    store = await openStore(url);
    ({ claim } = await claimOf(store));
    await send(1);
    // From here on, nothing is written that was not asked for.
    await until('the partitions of the coming days are there', async () => {
      const sql = `SELECT 1 FROM pg_inherits WHERE inhparent = 'events'::regclass`;
      return (await ask(url, sql)).length === 9;
    });
  });

  afterEach(async () => {
    await findStandby();
    await store.close();
  });

  it('S19 and is cancelled acknowledges nothing, and the same frame is stored once', async () => {
    await loseStandby();
    const sent = send(2);
    const waiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query = 'COMMIT'`;
    await until('it waits', async () => (await ask(url, `SELECT pid ${waiting}`)).length > 0);
    await ask(url, `SELECT pg_cancel_backend(pid) ${waiting}`);
    expect(await sent).to.equal('failed');
    await findStandby();
    await until('it is known to be stored', async () => (await send(2)) === 'duplicate');
    const [row] = await ask<{ n: number }>(url, 'SELECT count(*)::int AS n FROM events');
    expect(row?.n).to.equal(2);
  });

  it('S19 keeps a claim and the answer to a duplicate waiting, too: a promotion could lose what they tell of', async () => {
    await loseStandby();
    const duplicate = send(1);
    expect(await Promise.race([duplicate, pause(300)])).to.equal(undefined);
    const claimed = claimOf(store).then(() => 'claimed');
    expect(await Promise.race([claimed, pause(300)])).to.equal(undefined);
    await findStandby();
    expect([await duplicate, await claimed]).to.deep.equal(['duplicate', 'claimed']);
  });
});
