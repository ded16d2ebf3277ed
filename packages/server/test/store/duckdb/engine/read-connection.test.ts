import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'chai';

import type { CerberusServerError } from '../../../../dist/errors.js';
import { askFor } from '../../../../dist/store/asker.js';
import { QuestionThreads } from '../../../../dist/store/duckdb/engine/question-threads.js';
import { ReadConnection } from '../../../../dist/store/duckdb/engine/read-connection.js';
import type { QuestionLimits } from '../../../../dist/store/question-limits.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** Takes a minute at least. */
const SLOW = { sql: 'SELECT sum(hash(range)) FROM range(100_000_000_000)', values: {}, types: {} };
/** Found at once. */
const MANY_ROWS = { sql: 'SELECT range, range + 1 AS next FROM range(200_000)', values: {}, types: {} };
const QUICK = { sql: 'SELECT 1 AS one', values: {}, types: {} };

describe('a connection for reads', () => {
  async function connected(limits: QuestionLimits): Promise<ReadConnection> {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    afterTest(() => {
      connection.closeSync();
      instance.closeSync();
    });
    return new ReadConnection(connection, new QuestionThreads(1, () => Promise.resolve()), limits);
  }

  const codeOf = (answer: Promise<unknown>): Promise<string> =>
    answer.then(
      () => 'answered',
      (error: CerberusServerError) => error.code,
    );

  it('S3 ends a question that takes too long, and those that waited behind it as long, and answers the next', async () => {
    const reads = await connected({ maxQuestions: 8, questionTimeoutMillis: 300 });
    const asked = [SLOW, SLOW].map((query) => codeOf(reads.inSnapshot((rows) => rows(query))));
    expect(await within('the limit', Promise.all(asked))).to.deep.equal(['STORE_BUSY', 'STORE_BUSY']);
    await until('it answers', async () => (await codeOf(reads.rows(QUICK))) === 'answered');
    await until('also in a snapshot', async () => {
      return (await codeOf(reads.inSnapshot((rows) => rows(QUICK)))) === 'answered';
    });
  });

  it('S3 refuses at once what finds the line full, and takes others when there is room', async () => {
    const reads = await connected({ maxQuestions: 2, questionTimeoutMillis: 300 });
    const answers = [SLOW, SLOW].map((query) => codeOf(reads.rows(query)));
    expect(await Promise.race([codeOf(reads.rows(QUICK)), ...answers])).to.equal('STORE_BUSY');
    await within('the others', Promise.all(answers));
    await until('there is room', async () => (await codeOf(reads.rows(QUICK))) === 'answered');
  });

  it('S3 interrupts a question whose asker has left, gives its place in the line to others, and answers them', async () => {
    const reads = await connected({ maxQuestions: 3, questionTimeoutMillis: 120_000 });
    const leaving = new AbortController();
    const left = [SLOW, SLOW].map((query) => askFor(leaving.signal, async () => codeOf(reads.rows(query))));
    const patient = codeOf(reads.rows(QUICK));
    expect(await codeOf(reads.rows(QUICK)), 'the line is full').to.equal('STORE_BUSY');
    setTimeout(() => leaving.abort(), 100);
    expect(await within('the answer', patient)).to.equal('answered');
    expect(await Promise.all(left)).to.deep.equal(['STORE_BUSY', 'STORE_BUSY']);
    const answers = [QUICK, QUICK, QUICK].map((query) => codeOf(reads.rows(query)));
    expect(await Promise.all(answers)).to.deep.equal(['answered', 'answered', 'answered']);
  });

  it('S3 begins none of the statements of a question whose asker left between two of them', async () => {
    const reads = await connected({ maxQuestions: 3, questionTimeoutMillis: 30_000 });
    const leaving = new AbortController();
    const left = askFor(leaving.signal, () =>
      codeOf(
        reads.inSnapshot(async (rows) => {
          await rows(QUICK);
          leaving.abort();
          await rows(SLOW);
        }),
      ),
    );
    expect(await within('the end', left)).to.equal('STORE_BUSY');
    expect(await codeOf(reads.inSnapshot((rows) => rows(QUICK)))).to.equal('answered');
  });

  it('S3 ends a question also while its rows are read, which takes longer than to find them', async () => {
    const reads = await connected({ maxQuestions: 3, questionTimeoutMillis: 120_000 });
    await reads.rows(MANY_ROWS);
    const start = performance.now();
    await reads.rows(MANY_ROWS);
    const hurried = await connected({
      maxQuestions: 3,
      questionTimeoutMillis: (performance.now() - start) / 4,
    });
    expect(await codeOf(hurried.rows(MANY_ROWS))).to.equal('STORE_BUSY');
    await until('it answers', async () => (await codeOf(hurried.rows(QUICK))) === 'answered');
  });
});
