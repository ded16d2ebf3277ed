import type { Client } from 'pg';

import { CerberusServerError, systemCodeOf } from '../../../errors.ts';
import { takesTooLong, tooManyWait, type QuestionLimits } from '../../question-limits.ts';
import type { BoundQuery } from './conditions.ts';
import type { Row } from '../../rows/values.ts';

/** Runs one query; the next one only when it has been answered. */
export type ReadRows = (query: BoundQuery) => Promise<readonly Row[]>;

/** Questions that are answered at the same time. */
const DEFAULT_CONNECTIONS = 4;

/** The server ends a statement at its deadline. A connection on which that is not heard of so long after it is dead. */
const GRACE_MILLIS = 2000;

/** The longest that `statement_timeout` can be, milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/**
 * Questions take milliseconds: compiling them (`jit`), which PostgreSQL begins with where it expects a statement to be long,
 * takes longer than it saves. Sorting a day's latencies in memory needs more than the default of 4 MB.
 */
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL timezone = 'UTC'`;

/** A question that waits for a connection. */
interface Waiting {
  readonly start: () => void;
}

/** What reads need. */
export interface ReadsContext {
  /** One new connection; a rejection is the answer of the question that it was for. */
  readonly connect: () => Promise<Client>;
  readonly limits: QuestionLimits;
  /** Most connections; the default is 4. */
  readonly connections?: number;
}

/**
 * Connections for reads. What waits for one stands in a line that is bounded, in length and in time: who asks on regardless must not
 * keep everybody else waiting. A connection on which something failed is thrown away.
 */
export class Reads {
  readonly #context: ReadsContext;
  readonly #most: number;
  readonly #idle: Client[] = [];
  readonly #waiting: Waiting[] = [];
  #busy = 0;
  #questions = 0;
  #isClosed = false;
  #whenQuiet: (() => void) | undefined;

  constructor(context: ReadsContext) {
    this.#context = context;
    this.#most = context.connections ?? DEFAULT_CONNECTIONS;
  }

  /** Runs one query. */
  rows(query: BoundQuery): Promise<readonly Row[]> {
    return this.inSnapshot((rows) => rows(query));
  }

  /** Runs queries whose answers must come from one state of the database, or their sums disagree. */
  async inSnapshot<T>(read: (rows: ReadRows) => Promise<T>): Promise<T> {
    const { maxQuestions, questionTimeoutMillis } = this.#context.limits;
    if (this.#isClosed) throw new CerberusServerError('STORE_CLOSED', 'the store is closed');
    if (this.#questions >= maxQuestions) throw tooManyWait();
    this.#questions += 1;
    const deadline = performance.now() + questionTimeoutMillis;
    try {
      await this.#turn(deadline);
      try {
        return await this.#answer(read, deadline);
      } finally {
        this.#next();
      }
    } finally {
      this.#questions -= 1;
      if (this.#questions === 0) this.#whenQuiet?.();
    }
  }

  /** Waits for the questions that were asked, then lets go of the connections. Later ones are refused. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#questions > 0) await new Promise<void>((resolve) => (this.#whenQuiet = resolve));
    await Promise.all(this.#idle.splice(0).map((client) => client.end().catch(() => undefined)));
  }

  async #turn(deadline: number): Promise<void> {
    if (this.#busy < this.#most) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = timerAt(deadline, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(tooManyWait());
      });
      this.#waiting.push(waiting);
    });
  }

  /** Hands the turn on. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next.start();
  }

  async #answer<T>(read: (rows: ReadRows) => Promise<T>, deadline: number): Promise<T> {
    let client: Client | undefined;
    const isLate = (): boolean => performance.now() >= deadline;
    try {
      client = this.#idle.pop() ?? (await this.#connected());
      const connection = client;
      const answer = await endedAt(deadline + GRACE_MILLIS, connection, async () => {
        await connection.query(BEGIN);
        const given = await read((query) => runWithin(connection, query, deadline));
        await connection.query('ROLLBACK');
        return given;
      });
      this.#idle.push(client);
      client = undefined;
      return answer;
    } catch (error) {
      if (error instanceof CerberusServerError) throw error;
      if (isLate()) throw takesTooLong();
      throw asPublicError(error);
    } finally {
      client?.end().catch(() => undefined);
    }
  }

  async #connected(): Promise<Client> {
    const client = await this.#context.connect();
    // One that is lost while nobody asks is no failure of anything.
    client.on('error', () => {
      const index = this.#idle.indexOf(client);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return client;
  }
}

async function runWithin(client: Client, query: BoundQuery, deadline: number): Promise<readonly Row[]> {
  if (deadline !== Infinity) {
    const left = Math.ceil(deadline - performance.now());
    if (left <= 0) throw takesTooLong();
    await client.query(`SET LOCAL statement_timeout = ${Math.min(left, MAX_TIMEOUT)}`);
  }
  const { rows } = await client.query<Row>(query.sql, [...query.values]);
  return rows;
}

/** Ends the connection at an instant, for then nothing comes over it any more. */
async function endedAt<T>(instant: number, client: Client, task: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = timerAt(instant, () => {
      client.connection.stream.destroy();
      reject(takesTooLong());
    });
  });
  try {
    return await Promise.race([task(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function timerAt(instant: number, task: () => void): NodeJS.Timeout | undefined {
  if (instant === Infinity) return undefined;
  return setTimeout(task, Math.min(MAX_TIMEOUT, Math.max(0, instant - performance.now())));
}

/** PostgreSQL's messages may hold what was asked for; its five characters of SQLSTATE never do. */
function asPublicError(error: unknown): CerberusServerError {
  const code = systemCodeOf(error);
  const reason = code === undefined ? '' : ` (${code})`;
  return new CerberusServerError('STORE_UNAVAILABLE', `the database did not answer a question${reason}`);
}
