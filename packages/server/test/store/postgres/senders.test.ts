// How PostgresStore tells who sends, where several servers have heard of it.
import { expect } from 'chai';

import { ask, usePostgres } from '../../support/databases/postgres.js';
import { openStore } from '../../support/databases/postgres-store.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { START } from '../../support/events/events.js';

describe('answers from PostgreSQL about who sends', () => {
  const newDatabase = usePostgres();

  it('show the senders of a client id on several servers as one, and not who only said hello', async () => {
    const url = await newDatabase();
    const store = await openStore(url);
    afterTest(() => store.close());
    const row = (producer: string, mode: string, seen: number, count: number): Promise<unknown> =>
      ask(
        url,
        `INSERT INTO producers (producer, owner, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected, held_by, held_at)
         VALUES ($1, 1, 'shop', 0, $2, $1, $3, $4, $5, 1, '', 0)`,
        [producer, mode, seen, seen + 5, count],
      );
    await row('event:shop@n1', 'event', START, 3);
    await row('event:shop@n2', 'event', START + 1, 4);
    await ask(
      url,
      `INSERT INTO producers (producer, owner, client_id, last_seq, mode, first_seen, last_seen, events, rejected, held_by, held_at)
       VALUES ('hello', 1, 'shop', 0, 'batch', 0, 0, 0, 0, '', 0)`,
    );
    const { rows, total } = await store.analytics.producers({ limit: 10, first: [] });
    expect(total).to.equal(1);
    expect(rows[0]).to.deep.include({
      producer: 'event:shop',
      events: 7,
      rejected: 2,
      firstSeen: START,
      lastSeen: START + 6,
      agent: 'event:shop@n2',
    });
    expect(await store.producer('event:shop')).to.deep.equal(rows[0]);
    expect(await store.producer('hello')).to.equal(undefined);
  });
});
