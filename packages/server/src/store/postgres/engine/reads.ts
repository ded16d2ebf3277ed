import type { Client } from 'pg';

import { CerberusServerError } from '../../../errors.ts';
import { askerOf } from '../../asker.ts';
import { nobodyWaits, takesTooLong, tooManyWait, type QuestionLimits } from '../../question-limits.ts';
import type { BoundQuery } from './conditions.ts';
import { letGo } from './connect.ts';
import { asPublicError } from './public-error.ts';
import type { Row } from '../../rows/values.ts';

/** What queries may do. To make a temporary table is to write; all is rolled back in the end. */
export type Access = 'READ ONLY' | 'READ WRITE';

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
const SETTINGS = `SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL timezone = 'UTC'`;

/** How soon PostgreSQL notices that nobody waits for an answer any more. Where its platform cannot see that, it goes on. */
const NOTICE_LEAVING = "SET client_connection_check_interval = '250ms'";

interface Question {
  /** As `performance.now()` counts. */
  readonly deadline: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal | undefined;
}

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
  async inSnapshot<T>(read: (rows: ReadRows) => Promise<T>, access: Access = 'READ ONLY'): Promise<T> {
    const { maxQuestions, questionTimeoutMillis } = this.#context.limits;
    if (this.#isClosed) throw new CerberusServerError('STORE_CLOSED', 'the store is closed');
    if (this.#questions >= maxQuestions) throw tooManyWait();
    this.#questions += 1;
    const question = { deadline: performance.now() + questionTimeoutMillis, gone: askerOf() };
    try {
      await this.#turn(question);
      try {
        return await this.#answer(read, question, access);
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
    await Promise.all(this.#idle.splice(0).map((client) => letGo(client, GRACE_MILLIS)));
  }

  async #turn({ deadline, gone }: Question): Promise<void> {
    if (gone?.aborted === true) throw nobodyWaits();
    if (this.#busy < this.#most) {
      this.#busy += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', leave);
      };
      const waiting: Waiting = {
        start: () => {
          stop();
          resolve();
        },
      };
      const giveUp = (error: Error): void => {
        stop();
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(error);
      };
      const leave = (): void => giveUp(nobodyWaits());
      const timer = timerAt(deadline, () => giveUp(tooManyWait()));
      gone?.addEventListener('abort', leave);
      this.#waiting.push(waiting);
    });
  }

  /** Hands the turn on. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next.start();
  }

  async #answer<T>(read: (rows: ReadRows) => Promise<T>, question: Question, access: Access): Promise<T> {
    const { deadline } = question;
    let client: Client | undefined;
    const isLate = (): boolean => performance.now() >= deadline;
    try {
      client = this.#idle.pop() ?? (await this.#connected());
      const connection = client;
      const answer = await endedWith(question, connection, async () => {
        await connection.query(beginSql(access));
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
    await client.query(NOTICE_LEAVING).catch(() => undefined);
    // One that is lost while nobody asks is no failure of anything.
    client.on('error', () => {
      const index = this.#idle.indexOf(client);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    return client;
  }
}

function beginSql(access: Access): string {
  return `BEGIN ISOLATION LEVEL REPEATABLE READ ${access}; ${SETTINGS}`;
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

/** Ends the connection when nothing comes over it any more after the deadline, or nobody waits for what comes. */
async function endedWith<T>(question: Question, client: Client, task: () => Promise<T>): Promise<T> {
  const { deadline, gone } = question;
  let reason: Error | undefined;
  const end = (why: Error): void => {
    reason = why;
    client.connection.stream.destroy();
  };
  const leave = (): void => end(nobodyWaits());
  const timer = timerAt(deadline + GRACE_MILLIS, () => end(takesTooLong()));
  gone?.addEventListener('abort', leave);
  if (gone?.aborted === true) leave();
  const answer = await task()
    .catch((error: unknown) => {
      throw reason ?? error;
    })
    .finally(() => {
      clearTimeout(timer);
      gone?.removeEventListener('abort', leave);
    });
  if (reason !== undefined) throw reason;
  return answer;
}

function timerAt(instant: number, task: () => void): NodeJS.Timeout | undefined {
  if (instant === Infinity) return undefined;
  return setTimeout(task, Math.min(MAX_TIMEOUT, Math.max(0, instant - performance.now())));
}
