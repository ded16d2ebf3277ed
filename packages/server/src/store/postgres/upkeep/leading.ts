import type pg from 'pg';
import { dayOf } from '../engine/days.ts';

import { HOUR_MILLIS } from '../../../durations.ts';
import { compactStep } from '../aggregates/compact.ts';
import type { LastingConnection } from '../engine/lasting-connection.ts';
import { createPartitions } from '../schema/partitions.ts';
import { indexClosedDay } from './closed-days.ts';

/** Held by one server, as long as its connection lives. */
const LEAD = `SELECT pg_try_advisory_lock(hashtext('cerberus'), 2) AS is_leader`;

/** Partitions are there so many days before they are needed. */
const DAYS_AHEAD = 7;

/**
 * What only one of all servers does: it makes the partitions of the days that come, puts rows of aggregates together, and makes indexes of the
 * days that are over.
 */
export class Leading {
  readonly #connection: LastingConnection;
  /** The connection that holds the lock. */
  #holder: pg.Client | undefined;
  #partitionsAt = -Infinity;
  /** Of all days that were over on this one, indexes are there. */
  #indexedOn: number | undefined;

  constructor(connection: LastingConnection) {
    this.#connection = connection;
  }

  /** Does a part of it, where it is this server's turn. @returns whether there is more */
  step(): Promise<boolean> {
    return this.#connection.use(async (client) => {
      if (!(await this.#leads(client))) return false;
      if (performance.now() - this.#partitionsAt > HOUR_MILLIS) {
        const today = dayOf(Date.now());
        for (let day = today; day <= today + DAYS_AHEAD; day += 1) await createPartitions(client, day);
        this.#partitionsAt = performance.now();
      }
      return (await compactStep(client, Date.now())) || this.#indexStep(client);
    });
  }

  async #indexStep(client: pg.Client): Promise<boolean> {
    const today = dayOf(Date.now());
    if (this.#indexedOn === today) return false;
    if (await indexClosedDay(client, today)) return true;
    this.#indexedOn = today;
    return false;
  }

  async #leads(client: pg.Client): Promise<boolean> {
    if (this.#holder === client) return true;
    const { rows } = await client.query<{ readonly is_leader: boolean }>(LEAD);
    if (rows[0]?.is_leader !== true) return false;
    this.#holder = client;
    this.#partitionsAt = -Infinity;
    this.#indexedOn = undefined;
    return true;
  }
}
