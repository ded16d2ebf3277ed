import { expect } from 'chai';
import pg from 'pg';

import type { CerberusEvent } from '../../../dist/event/event.js';
import type { AnalyticsFilter } from '../../../dist/store/questions/analytics-filter.js';
import { MemoryStore } from '../../../dist/store/memory/store.js';
import { compactStep } from '../../../dist/store/postgres/aggregates/compact.js';
import { DAILY_TABLES } from '../../../dist/store/postgres/schema/tables.js';
import type { PostgresStore } from '../../../dist/store/postgres/store.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, producerRef, START } from '../events/events.js';
import { MEMBER_FILTERS } from '../questions/filters.js';
import { randomEvent, seededRandom } from '../events/random-events.js';
import { ask, usePostgres } from './postgres.js';
import { LIMITS, openStore, SECRETS } from './postgres-store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Begins and ends within a minute, an hour and a day. */
export const LONG = { since: START - 70 * HOUR - 1234, until: START + 7 * HOUR + 4321 };
export const SHORT = { since: START - 5 * HOUR - 1234, until: START + 7 * HOUR + 4321 };
export const ENDPOINT = { method: 'GET', endpoint: '/c/:id' };
/** Aggregates answer more than these even for a day, from {@link ComparedStores.estimating}. */
export const MANY = 100;

/** Filters over a range: none, by application, by endpoint, and by each member of an event. */
export function filtersOf(range: AnalyticsFilter): Readonly<Record<string, AnalyticsFilter>> {
  return {
    everything: range,
    'one client id': { ...range, clientId: 'shop' },
    'one endpoint': { ...range, ...ENDPOINT },
    ...Object.fromEntries(
      Object.entries(MEMBER_FILTERS).map(([name, filter]) => [name, { ...filter, ...range }]),
    ),
  };
}

/** A store in PostgreSQL and one in memory, whose answers are exact. */
export class ComparedStores {
  url!: string;
  exact: MemoryStore = new MemoryStore();
  store!: PostgresStore;
  /** The same database, as a store that was told to estimate from {@link MANY} events on. */
  estimating!: PostgresStore;
  #puts = 0;
  #batches = 0;

  async open(url: string): Promise<void> {
    this.url = url;
    this.store = await openStore(url);
    this.estimating = await openStore(url, SECRETS, { ...LIMITS, exactEvents: MANY });
  }

  async close(): Promise<void> {
    await this.estimating.close();
    await this.store.close();
  }

  /** Leaves nothing in either. */
  async empty(): Promise<void> {
    this.exact = new MemoryStore();
    this.#puts = 0;
    // In the order in which a server makes partitions, or the two wait for each other.
    const names = DAILY_TABLES.map(({ name }) => name).join(', ');
    await ask(this.url, `TRUNCATE pending, producers, additions, releases, ${names}`);
  }

  /** Gives both the same; every few events are a batch. */
  async put(sent: readonly CerberusEvent[], receivedAt: number = START + 50): Promise<void> {
    this.#puts += 1;
    for (let from = 0; from < sent.length; from += 250) {
      const part = { events: sent.slice(from, from + 250), receivedAt, seq: 1 };
      this.#batches += 1;
      const producer = producerRef({ producer: `p-${this.#batches}` });
      for (const each of [this.exact, this.store]) await each.append(append({ ...part, producer }));
    }
  }

  /** Random events, others after each {@link put}, and in each test the same. */
  events(
    count: number,
    since: number = LONG.since - 2 * HOUR,
    until: number = LONG.until + 2 * HOUR,
  ): CerberusEvent[] {
    const random = seededRandom(count + this.#puts);
    return Array.from({ length: count }, () => randomEvent(random, since, until));
  }

  /** Some put together, some aggregated, some of another day of arrival, some pending. */
  async putInAllStates(): Promise<void> {
    await this.put(this.events(800));
    await this.store.rollUp();
    await this.put(this.events(700));
    await this.store.rollUp();
    expect(await this.compact()).to.be.greaterThan(0);
    await this.put(this.events(300));
    await this.put(this.events(100), START + DAY);
    await this.store.rollUp();
    await this.put(this.events(200));
  }

  /** Puts rows together until there is nothing more to do. @returns in how many steps */
  async compact(): Promise<number> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    let steps = 0;
    while (await compactStep(client, Date.now() + 3 * DAY)) steps += 1;
    await client.end();
    return steps;
  }

  /** A connection of its own to the database, until the test is over. */
  async connected(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    afterTest(() => client.end());
    return client;
  }
}

/** Both stores for the suite in which it is called, empty before each test. */
export function useComparedStores(): ComparedStores {
  const stores = useOpenStores();
  beforeEach(() => stores.empty());
  return stores;
}

/** Both stores for a suite that only asks, with {@link ComparedStores.putInAllStates}. */
export function useStoresInAllStates(): ComparedStores {
  const stores = useOpenStores();
  before(() => stores.putInAllStates());
  return stores;
}

function useOpenStores(): ComparedStores {
  const newDatabase = usePostgres();
  const stores = new ComparedStores();

  before(async () => stores.open(await newDatabase()));
  after(() => stores.close());

  return stores;
}
