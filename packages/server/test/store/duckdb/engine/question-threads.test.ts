import { setTimeout } from 'node:timers/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';

import { Conditions } from '../../../../dist/store/duckdb/engine/conditions.js';
import { QuestionThreads } from '../../../../dist/store/duckdb/engine/question-threads.js';
import { ReadConnection, type ReadRows } from '../../../../dist/store/duckdb/engine/read-connection.js';

const THREADS = new Conditions().query(`SELECT current_setting('threads') AS threads`);

async function threadsOf(rows: ReadRows): Promise<number> {
  const [row] = await rows(THREADS);
  return Number(row?.['threads']);
}

describe('QuestionThreads', () => {
  let instance: DuckDBInstance;
  let background: DuckDBConnection;
  /** What must be over before something is done in the background. */
  let busy: Promise<void>;
  let made: QuestionThreads[];

  beforeEach(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    background = await instance.connect();
    busy = Promise.resolve();
    made = [];
  });

  afterEach(() => {
    for (const each of made) each.close();
    background.closeSync();
    instance.closeSync();
  });

  function threads(most: number): QuestionThreads {
    const questionThreads = new QuestionThreads(most, async (task) => {
      await busy;
      await task(background);
    });
    made.push(questionThreads);
    return questionThreads;
  }

  async function connectionWith(questionThreads: QuestionThreads): Promise<ReadConnection> {
    return new ReadConnection(await instance.connect(), questionThreads, {
      maxQuestions: 64,
      questionTimeoutMillis: Infinity,
    });
  }

  it('gives questions all threads, and takes them away when nobody has asked for a second', async () => {
    const reads = await connectionWith(threads(3));
    expect(await threadsOf((query) => reads.rows(query))).to.equal(1);
    expect(await reads.inSequence(threadsOf)).to.equal(3);
    expect(await threadsOf((query) => reads.rows(query))).to.equal(3);
    await setTimeout(1100);
    expect(await threadsOf((query) => reads.rows(query))).to.equal(1);
    expect(await reads.inSnapshot(threadsOf)).to.equal(3);
    await reads.close();
  });

  it('takes none away from a question that another one has outlived, or that came while it had to wait', async () => {
    const shared = threads(3);
    const [one, other] = [await connectionWith(shared), await connectionWith(shared)];
    let end = (): void => undefined;
    busy = new Promise((resolve) => (end = resolve));
    const long = one.inSequence(async (rows) => {
      await setTimeout(1500);
      return threadsOf(rows);
    });
    await other.inSequence(threadsOf);
    expect(await long).to.equal(3);
    await setTimeout(1100);
    const late = other.inSequence(async (rows) => {
      end();
      await setTimeout(200);
      return threadsOf(rows);
    });
    expect(await late).to.equal(3);
    await Promise.all([one.close(), other.close()]);
  });

  it('asks all the same where the database does not let it', async () => {
    const reads = await connectionWith(threads(-1));
    expect(await reads.inSequence(threadsOf)).to.equal(1);
    await reads.close();
  });
});
