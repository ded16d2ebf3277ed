import type pg from 'pg';

import { SECOND_MILLIS } from '../../../durations.ts';
import { CerberusServerError } from '../../../errors.ts';
import { abandon, letGo } from './connect.ts';

/** Work that takes longer may wait for a server that is gone; the longer it takes, the rarer is a look. */
const DOUBT_MILLIS = SECOND_MILLIS;
const SHARE_OF_LOOKS = 4;

/** A server that does not answer a goodbye within this time is not there any more. */
const GOODBYE_MILLIS = 2 * SECOND_MILLIS;

/** Where connections come from. */
export interface Connections {
  connect(): Promise<pg.Client>;
  /** Ends connections whose server is not the one any more that connections lead to. Never rejects. */
  seekSuccessor(): Promise<void>;
}

/**
 * A connection for one kind of work, one piece at a time. After a failure it is thrown away, for nobody knows what it still does,
 * and the next piece of work gets another one.
 */
export class LastingConnection {
  readonly #connections: Connections;
  readonly #timeoutMillis: number;
  #client: pg.Client | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param timeoutMillis - after so long a piece of work is given up, and its connection destroyed */
  constructor(connections: Connections, timeoutMillis: number) {
    this.#connections = connections;
    this.#timeoutMillis = timeoutMillis;
  }

  /** Runs a task when its turn comes. */
  use<T>(task: (client: pg.Client) => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => this.#use(task));
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #use<T>(task: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = await this.#open();
    const deadline = setTimeout(() => abandon(client), this.#timeoutMillis);
    const stopLooking = lookNowAndThen(() => this.#connections.seekSuccessor());
    try {
      return await task(client);
    } catch (error) {
      this.#drop(client);
      throw error;
    } finally {
      clearTimeout(deadline);
      stopLooking();
    }
  }

  /**
   * Waits for what was asked of it, until it takes too long.
   *
   * @param patienceMillis - after so long it is given up, as by the end of a process
   */
  async close(patienceMillis: number = this.#timeoutMillis): Promise<void> {
    const deadline = setTimeout(() => {
      this.#isClosed = true;
      if (this.#client !== undefined) abandon(this.#client);
    }, patienceMillis);
    await this.#tail;
    clearTimeout(deadline);
    this.#isClosed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await letGo(client, GOODBYE_MILLIS);
  }

  async #open(): Promise<pg.Client> {
    if (this.#isClosed) throw new CerberusServerError('STORE_CLOSED', 'the store is closed');
    // One that somebody has abandoned a moment ago has not said so yet.
    if (this.#client?.connection.stream.destroyed === false) return this.#client;
    const client = await this.#connections.connect();
    this.#client = client;
    client.once('end', () => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    abandon(client);
  }
}

function lookNowAndThen(look: () => Promise<void>): () => void {
  const begin = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const later = (): void => {
    if (isOver) return;
    const pause = Math.max(DOUBT_MILLIS, (performance.now() - begin) / SHARE_OF_LOOKS);
    timer = setTimeout(() => void look().then(later), pause);
  };
  later();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
