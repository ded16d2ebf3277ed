import type pg from 'pg';

import { CerberusServerError } from '../../../errors.ts';
import { abandon } from './connect.ts';

/**
 * A connection for one kind of work, one piece at a time. After a failure it is thrown away, for nobody knows what it still does,
 * and the next piece of work gets another one.
 */
export class LastingConnection {
  readonly #connect: () => Promise<pg.Client>;
  readonly #timeoutMillis: number;
  #client: pg.Client | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  /** @param timeoutMillis - after so long a piece of work is given up, and its connection destroyed */
  constructor(connect: () => Promise<pg.Client>, timeoutMillis: number) {
    this.#connect = connect;
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
    try {
      return await task(client);
    } catch (error) {
      this.#drop(client);
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Waits for what was asked of it. */
  async close(): Promise<void> {
    await this.#tail;
    this.#isClosed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const deadline = setTimeout(() => abandon(client), this.#timeoutMillis);
    await client.end().catch(() => undefined);
    clearTimeout(deadline);
  }

  async #open(): Promise<pg.Client> {
    if (this.#isClosed) throw new CerberusServerError('STORE_CLOSED', 'the store is closed');
    if (this.#client !== undefined) return this.#client;
    const client = await this.#connect();
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
