import { setTimeout as sleep } from 'node:timers/promises';

import { SECOND_MILLIS } from '../durations.ts';
import type { StoredEvent } from '../event/event.ts';
import { CerberusServerError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Analytics } from './questions/analytics.ts';
import type { Archive } from './archive.ts';
import { CommitListeners } from './commit-listeners.ts';
import type { Documents } from './documents.ts';
import type { EventQuery, Summary, SummaryQuery } from './questions/event-query.ts';
import { failureReason, isInvalidated } from './failure-reason.ts';
import type { ProducerRef, ProducerRow } from './questions/producer.ts';
import type {
  Append,
  AppendOutcome,
  Arrivals,
  CommitListener,
  PendingLoad,
  ProducerClaim,
  RetentionLimits,
  Store,
  WatchListener,
} from './store.ts';

/** Longest wait between two attempts to open it. */
const MOST_MILLIS = 5 * SECOND_MILLIS;

/** After so long in which it could not be opened, somebody is told. */
const LOST_AFTER_MILLIS = 300 * SECOND_MILLIS;

const IDLE: PendingLoad = Object.freeze({ appends: 0, events: 0, bytes: 0 });

/** How a store is opened, and who is told what becomes of it. */
export interface LastingStoreOptions<T extends Store> {
  /** Opens the same database each time. `isAgain`: it failed before. */
  readonly open: (isAgain: boolean) => Promise<T>;
  readonly log: Log;
  /** Called once when it could not be opened for {@link LOST_AFTER_MILLIS}; attempts go on. */
  readonly onLost: (error: CerberusServerError) => void;
  readonly lostAfterMillis?: number;
}

/**
 * A store that is opened anew when its database takes nothing any more, as DuckDB's does not after it could not merge its
 * write-ahead log: what was acknowledged is in that log. Meanwhile everything is refused, so that senders keep what they have, and
 * since `last_seq` is read from the store, what they send again is stored once.
 */
export class LastingStore<T extends Store> implements Store {
  readonly analytics: Analytics;
  readonly archive: Archive | undefined;
  readonly records = undefined;
  readonly nodes = undefined;
  readonly documents: Documents = {
    list: (kinds) => this.#ask(({ documents }) => documents.list(kinds)),
    change: (changes) => this.#ask(({ documents }) => documents.change(changes)),
  };
  readonly rate = undefined;
  readonly #options: LastingStoreOptions<T>;
  readonly #listeners = new CommitListeners();
  /** `undefined` while it is being opened. */
  #store: T | undefined;
  /** Openings since something was stored. */
  #reopened = 0;
  #opening: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => undefined;
  readonly #closing = new AbortController();

  private constructor(store: T, options: LastingStoreOptions<T>) {
    this.#options = options;
    this.analytics = this.#lastingAnalytics();
    this.archive = this.#lastingArchive(store.archive);
    this.#use(store);
  }

  /** Rejects as `open` does: what cannot be opened at first is not tried again. */
  static async open<T extends Store>(options: LastingStoreOptions<T>): Promise<LastingStore<T>> {
    return new LastingStore(await options.open(false), options);
  }

  async append(append: Append): Promise<AppendOutcome> {
    const outcome = await this.#ask((store) => store.append(append));
    if (this.#reopened > 0 && outcome.status === 'stored') this.#reopened = 0;
    return outcome;
  }

  claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    return this.#ask((store) => store.claim(producer));
  }

  events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return this.#ask((store) => store.events(query));
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return this.#ask((store) => store.summary(query));
  }

  producer(producer: string): Promise<ProducerRow | undefined> {
    return this.#ask((store) => store.producer(producer));
  }

  onCommit(listener: CommitListener): () => void {
    return this.#listeners.add(listener);
  }

  watch(listener: WatchListener): () => void {
    return this.onCommit((events) => listener(events, 0));
  }

  pending(): PendingLoad {
    return this.#store?.pending() ?? IDLE;
  }

  forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    return this.#ask((store) => store.forgetProducers(lastSeenBefore, keep));
  }

  arrivals(before: number): Promise<Arrivals> {
    return this.#ask((store) => store.arrivals(before));
  }

  deleteOld(limits: RetentionLimits): Promise<number> {
    return this.#ask((store) => store.deleteOld(limits));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#opening;
    await this.#store?.close();
  }

  #use(store: T): void {
    this.#store = store;
    this.#stopListening();
    this.#stopListening = store.onCommit((events, info) => this.#listeners.notify(events, info));
  }

  async #ask<R>(question: (store: T) => Promise<R>): Promise<R> {
    const store = this.#store;
    if (store === undefined) {
      throw new CerberusServerError('STORE_UNAVAILABLE', 'the database is being opened again');
    }
    try {
      return await question(store);
    } catch (error) {
      // Others may have found out before, or it may have been opened anew meanwhile.
      if (isInvalidated(error) && this.#store === store && !this.#closing.signal.aborted) {
        this.#store = undefined;
        this.#opening = this.#reopen(store, failureReason(error));
      }
      throw error;
    }
  }

  async #reopen(invalid: T, reason: string): Promise<void> {
    const { log, open, onLost, lostAfterMillis = LOST_AFTER_MILLIS } = this.#options;
    const isFirst = this.#reopened === 0;
    if (isFirst) log('error', `the database takes nothing any more and is opened again: ${reason}`);
    const lostAt = performance.now() + lostAfterMillis;
    let isTold = false;
    // It has nothing that is not in its files, and may find that it cannot close.
    await invalid.close().catch(() => undefined);
    for (;;) {
      const wait = this.#reopened === 0 ? 0 : Math.min(MOST_MILLIS, 100 * 2 ** this.#reopened);
      await sleep(wait, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
      if (this.#closing.signal.aborted) return;
      this.#reopened += 1;
      try {
        this.#use(await open(true));
        if (isFirst) log('info', 'the database was opened again');
        return;
      } catch (error) {
        if (isTold || performance.now() < lostAt) continue;
        isTold = true;
        onLost(
          new CerberusServerError(
            'DB_UNAVAILABLE',
            `cannot open the database again: ${failureReason(error)}`,
            {
              cause: error,
            },
          ),
        );
      }
    }
  }

  #lastingAnalytics(): Analytics {
    return {
      overview: (query) => this.#ask(({ analytics }) => analytics.overview(query)),
      totals: (filter) => this.#ask(({ analytics }) => analytics.totals(filter)),
      endpoints: (query) => this.#ask(({ analytics }) => analytics.endpoints(query)),
      errors: (query) => this.#ask(({ analytics }) => analytics.errors(query)),
      latencies: (query) => this.#ask(({ analytics }) => analytics.latencies(query)),
      clients: (query) => this.#ask(({ analytics }) => analytics.clients(query)),
      consumers: (query) => this.#ask(({ analytics }) => analytics.consumers(query)),
      metrics: (filter) => this.#ask(({ analytics }) => analytics.metrics(filter)),
      metric: (query) => this.#ask(({ analytics }) => analytics.metric(query)),
      values: (query) => this.#ask(({ analytics }) => analytics.values(query)),
      releases: (query) => this.#ask(({ analytics }) => analytics.releases(query)),
      producers: (query) => this.#ask(({ analytics }) => analytics.producers(query)),
      applications: (query) => this.#ask(({ analytics }) => analytics.applications(query)),
    };
  }

  #lastingArchive(first: Archive | undefined): Archive | undefined {
    if (first === undefined) return undefined;
    const current = ({ archive = first }: T): Archive => archive;
    return {
      newFolder: () => this.#ask((store) => current(store).newFolder()),
      export: (query, path) => this.#ask((store) => current(store).export(query, path)),
      backup:
        first.backup === undefined
          ? undefined
          : (path) => this.#ask(async (store) => current(store).backup?.(path)),
    };
  }
}
