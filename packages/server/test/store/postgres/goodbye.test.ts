import { expect } from 'chai';
import pg from 'pg';

import { pause, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append } from '../../support/events/events.js';
import { usePostgres, requiredBinaries } from '../../support/databases/postgres.js';
import { Engine } from '../../support/databases/postgres-engine.js';
import { openStore } from '../../support/databases/postgres-store.js';

describe('a store on PostgreSQL ends', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();

  it('also where nothing comes from the database any more', async function () {
    const binaries = requiredBinaries();
    if (binaries === undefined) return this.skip();
    const engine = await Engine.start({ binaries });
    afterTest(() => engine.stop());
    const store = await openStore(engine.urlOf('postgres'));
    await store.append(append({ seq: null }));
    await store.rollUp();
    engine.pause();
    afterTest(() => engine.resume());
    await within('the end', store.close());
  });

  it('while upkeep waits for somebody, and leaves it to the next', async () => {
    const url = await freshDatabase();
    const store = await openStore(url);
    await store.append(append({ seq: null }));
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    afterTest(() => other.end());
    await other.query('BEGIN; LOCK TABLE pending IN ACCESS EXCLUSIVE MODE');
    const rolledUp = store.rollUp().then(
      () => 'done',
      () => 'given up',
    );
    expect(await Promise.race([rolledUp, pause(300)])).to.equal(undefined);
    await within('the end', store.close());
    expect(await rolledUp).to.equal('given up');
    await other.query('COMMIT');
    const next = await openStore(url);
    afterTest(() => next.close());
    await next.rollUp();
    const { rows } = await other.query('SELECT 1 FROM pending');
    expect(rows).to.have.length(0);
  });
});
