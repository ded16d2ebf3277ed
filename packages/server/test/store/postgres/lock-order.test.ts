// Servers that change the same rows come to them in one order, so that none of them waits for another in a circle.

import pg from 'pg';

import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { MAX_RELEASES } from '../../../dist/store/questions/release-list.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, producerRef, START } from '../../support/events/events.js';
import { openStore } from '../../support/databases/postgres-store.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';

const LOCK_PRODUCER = 'SELECT FROM producers WHERE producer = $1 FOR UPDATE';
const LOCK_RELEASE = 'SELECT FROM releases WHERE service_version = $1 FOR UPDATE';
const LOCK_RECORD = 'SELECT FROM records WHERE id = $1 FOR UPDATE';

describe('servers on one database', function () {
  this.timeout(60_000);
  const newDatabase = usePostgres();
  let url: string;
  let store: PostgresStore;

  beforeEach(async () => {
    url = await newDatabase();
    store = await openStore(url);
    // In the table the later key is the first.
    for (const producer of ['b', 'a']) await store.claim(producerRef({ producer }));
  });

  afterEach(() => store.close());

  /** Another server locks one row, and while work waits for it, a second one. */
  async function expectNoCircle(
    work: () => Promise<unknown>,
    [lockFirst, first]: readonly [sql: string, key: string],
    [lockSecond, second]: readonly [sql: string, key: string],
  ): Promise<void> {
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    afterTest(() => other.end());
    await other.query('BEGIN');
    await other.query(lockFirst, [first]);
    const working = work();
    await until('it waits for the row', async () => {
      const waiting = await ask(
        url,
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await Promise.all([
      other.query(lockSecond, [second]).then(() => other.query('COMMIT')),
      within('the work', working, 20_000),
    ]);
  }

  it('say of which producers they have connections without a circle', () =>
    expectNoCircle(() => store.forgetProducers(0, ['b', 'a']), [LOCK_PRODUCER, 'a'], [LOCK_PRODUCER, 'b']));

  it('forget producers without a circle', () =>
    expectNoCircle(
      () => store.forgetProducers(Date.now() + 1000, []),
      [LOCK_PRODUCER, 'a'],
      [LOCK_PRODUCER, 'b'],
    ));

  it('store events of exporters and of others together without a circle', async () => {
    const ofOthers = append({
      producer: producerRef({ producer: 'event:my-app', mode: 'event' }),
      seq: null,
      claim: null,
    });
    await store.append(ofOthers);
    const producer = producerRef({ producer: 'z' });
    const claim = await store.claim(producer);
    const [row] = await ask<{ readonly producer: string }>(
      url,
      `SELECT producer FROM producers WHERE producer LIKE 'event:%'`,
    );
    await expectNoCircle(
      () =>
        Promise.all([
          store.append(append({ producer, seq: 1, claim: claim?.claim ?? null })),
          store.append(ofOthers),
        ]),
      [LOCK_PRODUCER, row?.producer ?? ''],
      [LOCK_PRODUCER, 'z'],
    );
  });

  it('forget releases without a circle', async () => {
    await ask(
      url,
      `INSERT INTO releases SELECT 'shop', lpad(n::text, 5, '0'), 0 FROM generate_series(${MAX_RELEASES + 2}, 1, -1) AS n`,
    );
    await ask(url, `UPDATE releases SET first_seen = 1 WHERE service_version > '00002'`);
    await expectNoCircle(
      () => store.forgetProducers(0, []),
      [LOCK_RELEASE, '00001'],
      [LOCK_RELEASE, '00002'],
    );
  });

  /** Moves a file into the database that has both of the producers, and releases. */
  const moved = (): Promise<void> =>
    store.import(
      'a file',
      {
        producers: ['b', 'a'].map((producer) => ({
          ...producerRef({ producer }),
          lastSeq: 1,
          firstSeen: START,
          lastSeen: START,
          events: 1,
          rejected: 0,
        })),
        releases: ['2', '1'].map((version) => ({ clientId: 'my-app', version, firstSeen: START })),
      },
      () => Promise.resolve([]),
      () => undefined,
    );

  it('begin to move a file into it without a circle', async () => {
    await ask(url, `INSERT INTO releases VALUES ('my-app', '2', 0), ('my-app', '1', 0)`);
    await expectNoCircle(moved, [LOCK_PRODUCER, 'a'], [LOCK_PRODUCER, 'b']);
    await ask(url, 'DELETE FROM imports');
    await expectNoCircle(moved, [LOCK_PRODUCER, 'a'], [LOCK_RELEASE, '1']);
    await ask(url, 'DELETE FROM imports');
    await expectNoCircle(moved, [LOCK_RELEASE, '1'], [LOCK_RELEASE, '2']);
  });

  it('change tokens and links without a circle', async () => {
    await store.records.change(
      ['b', 'a'].map((id) => ({ change: 'add', kind: 'tokens', id, content: '{}' })),
    );
    await expectNoCircle(
      () =>
        store.records.change([
          { change: 'replace', kind: 'tokens', id: 'b', content: '[]' },
          { change: 'remove', kind: 'tokens', id: 'a' },
        ]),
      [LOCK_RECORD, 'a'],
      [LOCK_RECORD, 'b'],
    );
  });
});
