import { expect } from 'chai';

import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { append, claimOf } from '../../support/events/events.js';
import { Engine } from '../../support/databases/postgres-engine.js';
import { ask, requiredBinaries } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';

const DATABASE = 'cerberus';
/** Longer than anything takes on a busy machine, and far less than the ten minutes after which upkeep is given up. */
const SOON_MILLIS = 60_000;

describe('a standby that is promoted while the primary says nothing any more', function () {
  this.timeout(180_000);
  let primary: Engine;
  let standby: Engine;
  let store: PostgresStore;

  before(async function () {
    const binaries = requiredBinaries();
    if (binaries === undefined) this.skip();
    primary = await Engine.start({ binaries });
    await ask(primary.urlOf('postgres'), `CREATE DATABASE ${DATABASE}`);
    standby = await Engine.follow(primary, 'b');
    const hosts = [primary, standby].map(({ port }) => `127.0.0.1:${port}`).join(',');
    store = await openStore(`postgres://cerberus@${hosts}/${DATABASE}`);
  });

  after(async () => {
    await store?.close();
    await standby?.remove();
    await primary?.remove();
  });

  it('ends everything that waits for the old one, and is used from then on', async () => {
    const { claim } = await claimOf(store);
    await store.append(append({ seq: 1, claim }));
    await until('the standby has it', async () => {
      const rows = await ask<{ n: number }>(standby.urlOf(DATABASE), 'SELECT last_seq AS n FROM producers');
      return Number(rows[0]?.n) === 1;
    });
    // Each has its connection.
    await store.arrivals(Date.now());
    await store.summary({});
    primary.pause();
    const waiting = {
      append: store.append(append({ seq: 2, claim })),
      upkeep: store.arrivals(Date.now()),
      question: store.summary({}),
    };
    const ended = Promise.allSettled(Object.values(waiting));
    await standby.promote();
    for (const { status } of await within('the end of what waits', ended, SOON_MILLIS))
      expect(status).to.equal('rejected');
    const again = await within('a claim', claimOf(store), SOON_MILLIS);
    expect(again.lastSeq).to.equal(1);
    const { status } = await within(
      'an append',
      store.append(append({ seq: 2, claim: again.claim })),
      SOON_MILLIS,
    );
    expect(status).to.equal('stored');
    expect((await store.summary({})).requests).to.equal(2);
  });

  it('is what connections lead to, although the old one is back', async () => {
    primary.resume();
    const { claim, lastSeq } = await claimOf(store);
    expect(lastSeq).to.equal(2);
    await store.append(append({ seq: 3, claim }));
    const at = async (engine: Engine): Promise<number> =>
      Number((await ask<{ n: number }>(engine.urlOf(DATABASE), 'SELECT last_seq AS n FROM producers'))[0]?.n);
    expect([await at(primary), await at(standby)]).to.deep.equal([1, 3]);
  });
});
