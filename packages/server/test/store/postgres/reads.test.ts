import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { expect } from 'chai';
import pg from 'pg';

import type { CerberusServerError } from '../../../dist/errors.js';
import { askFor } from '../../../dist/store/asker.js';
import { Reads } from '../../../dist/store/postgres/engine/reads.js';
import type { QuestionLimits } from '../../../dist/store/question-limits.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { ask, usePostgres } from '../../support/databases/postgres.js';

const SLOW = { sql: 'SELECT pg_sleep(60)', values: [] };
const QUICK = { sql: 'SELECT 1 AS one', values: [] };

describe('connections for reads', () => {
  const newDatabase = usePostgres();
  let url: string;
  let connections = 0;

  before(async () => {
    url = await newDatabase();
  });

  function reads(limits: Partial<QuestionLimits>, most = 1): Reads {
    connections = 0;
    const made = new Reads({
      connect: async () => {
        connections += 1;
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        return client;
      },
      limits: { maxQuestions: 64, questionTimeoutMillis: 30_000, ...limits },
      connections: most,
    });
    afterTest(() => made.close());
    return made;
  }

  /** From now on connections lead through it. @returns lets nothing through any more of those that there are, either way */
  async function throughRelay(): Promise<() => void> {
    const { hostname, port } = new URL(url);
    const sockets: Socket[] = [];
    const relay = createServer((client) => {
      const database = connect(Number(port), hostname);
      for (const socket of [client, database]) socket.on('error', () => undefined);
      client.pipe(database).pipe(client);
      sockets.push(client, database);
    });
    relay.listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const direct = url;
    afterTest(() => {
      url = direct;
      relay.close();
      for (const socket of sockets) socket.destroy();
    });
    url = direct.replace(`:${port}/`, `:${(relay.address() as AddressInfo).port}/`);
    return () => {
      for (const socket of sockets) socket.pause();
    };
  }

  const codeOf = (answer: Promise<unknown>): Promise<string> =>
    answer.then(
      () => 'answered',
      (error: CerberusServerError) => error.code,
    );

  it('S3 ends a question that takes too long, and those that waited behind it as long, and answers the next', async () => {
    const limited = reads({ questionTimeoutMillis: 500 });
    const asked = [SLOW, SLOW].map((query) => codeOf(limited.rows(query)));
    expect(await within('the limit', Promise.all(asked))).to.deep.equal(['STORE_BUSY', 'STORE_BUSY']);
    await until('it answers', async () => (await codeOf(limited.rows(QUICK))) === 'answered');
  });

  it('S3 refuses at once what finds the line full, and takes others when there is room', async () => {
    const limited = reads({ maxQuestions: 2, questionTimeoutMillis: 500 });
    const answers = [SLOW, SLOW].map((query) => codeOf(limited.rows(query)));
    expect(await Promise.race([codeOf(limited.rows(QUICK)), ...answers])).to.equal('STORE_BUSY');
    await within('the others', Promise.all(answers));
    await until('there is room', async () => (await codeOf(limited.rows(QUICK))) === 'answered');
  });

  it('S3 ends a question whose asker has left, also in the database, gives its place to others, and answers them', async () => {
    const one = reads({ maxQuestions: 3 });
    const leaving = new AbortController();
    const left = [SLOW, SLOW].map((query) => askFor(leaving.signal, async () => codeOf(one.rows(query))));
    const patient = codeOf(one.rows(QUICK));
    expect(await codeOf(one.rows(QUICK)), 'the line is full').to.equal('STORE_BUSY');
    const running = async (): Promise<number> =>
      (await ask(url, `SELECT 1 FROM pg_stat_activity WHERE query = '${SLOW.sql}' AND state = 'active'`))
        .length;
    await until('it runs', async () => (await running()) === 1);
    leaving.abort();
    expect(await within('the answer', patient)).to.equal('answered');
    expect(await Promise.all(left)).to.deep.equal(['STORE_BUSY', 'STORE_BUSY']);
    await until('the database has ended it', async () => (await running()) === 0);
  });

  it('S3 gives up a connection over which nothing comes any more, and asks on another', async () => {
    const silence = await throughRelay();
    const one = reads({ questionTimeoutMillis: 300 });
    await one.rows(QUICK);
    silence();
    expect(await within('the limit', codeOf(one.rows(QUICK)))).to.equal('STORE_BUSY');
    expect(await codeOf(one.rows(QUICK))).to.equal('answered');
    expect(connections).to.equal(2);
  });

  it('S3 lets go of a connection over which nothing comes any more', async () => {
    const silence = await throughRelay();
    const one = reads({});
    await one.rows(QUICK);
    silence();
    await within('the end', one.close());
  });

  it('answers several questions at once, on connections that stay', async () => {
    const four = reads({}, 4);
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => four.rows(QUICK)));
      expect(answers.map(([row]) => row)).to.deep.equal(Array.from({ length: 10 }, () => ({ one: 1 })));
    }
    expect(connections).to.equal(4);
  });

  it('throws a connection away on which something failed, also while nobody asked, and says nothing of what was asked', async () => {
    const one = reads({});
    const failed = await one
      .rows({ sql: `SELECT 'a secret'::int`, values: [] })
      .catch((error: unknown) => error);
    expect(failed).to.include({ code: 'STORE_UNAVAILABLE' });
    expect(String(failed)).to.contain('22P02').and.not.contain('secret');
    await one.rows(QUICK);
    expect(connections).to.equal(2);
    await ask(
      url,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await until('it answers', async () => (await codeOf(one.rows(QUICK))) === 'answered');
    expect(connections).to.equal(3);
  });

  it('reads all of a snapshot from one state, and writes nothing', async () => {
    await ask(url, 'CREATE TABLE numbers (n int)');
    const one = reads({});
    const count = { sql: 'SELECT count(*)::int AS n FROM numbers', values: [] };
    const counts = await one.inSnapshot(async (rows) => {
      const before = await rows(count);
      await ask(url, 'INSERT INTO numbers VALUES (1)');
      return [before, await rows(count)];
    });
    expect(counts).to.deep.equal([[{ n: 0 }], [{ n: 0 }]]);
    expect(await codeOf(one.rows({ sql: 'DELETE FROM numbers', values: [] }))).to.equal('STORE_UNAVAILABLE');
    expect(await one.rows(count)).to.deep.equal([{ n: 1 }]);
  });

  it('answers what was asked before it is closed, and refuses what comes later', async () => {
    const one = reads({});
    const asked = codeOf(one.rows(QUICK));
    const closed = one.close();
    expect(await codeOf(one.rows(QUICK))).to.equal('STORE_CLOSED');
    expect(await asked).to.equal('answered');
    await closed;
  });
});
