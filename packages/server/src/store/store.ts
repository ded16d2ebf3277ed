import type { CerberusEvent, StoredEvent } from '../event/event.ts';
import type { Analytics } from './questions/analytics.ts';
import type { Archive } from './archive.ts';
import type { Documents } from './documents.ts';
import type { EventQuery, Summary, SummaryQuery } from './questions/event-query.ts';
import type { Nodes } from './nodes.ts';
import type { ProducerRef, ProducerRow } from './questions/producer.ts';
import type { RequestRate } from './questions/request-rate.ts';
import type { SharedAccess } from './shared-records.ts';

/** One unit that is stored whole or not at all: a frame, a single event, or a request's events of one client. */
export interface Append {
  readonly producer: ProducerRef;
  /** Sequence number in batch mode; `null` where the mode has none: then every append is new. */
  readonly seq: number | null;
  /**
   * What {@link Store.claim} gave to the connection that it came by; `null` where the mode has none. With an older claim
   * than the producer's last one nothing is stored.
   */
  readonly claim: number | null;
  /**
   * Store only if the producer's `last_seq` has reached this. It keeps a frame from overtaking its predecessor when
   * the predecessor's commit failed. `null`: no condition (first frame of a connection).
   */
  readonly after: number | null;
  readonly events: readonly CerberusEvent[];
  /** Events of the frame that were refused for good; they are counted with the producer. */
  readonly rejected: number;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Size on the wire, for the limit on what waits in memory. */
  readonly bytes: number;
}

/** What became of an append. */
export type AppendOutcome =
  /** Durable now. `skipped`: sequence numbers left out since the last stored one. */
  | { readonly status: 'stored'; readonly skipped: number }
  /** At or below `last_seq`: durable before, nothing was stored again. */
  | { readonly status: 'duplicate' }
  /** The condition `after` did not hold: nothing was stored. */
  | { readonly status: 'gap' }
  /** A newer connection has claimed the producer, here or at another server on the same database: nothing was stored. */
  | { readonly status: 'superseded' };

/** What a connection gets that speaks for a producer from now on. */
export interface ProducerClaim {
  /** To be given with each append. */
  readonly claim: number;
  /** Highest stored sequence number, 0 if there is none. Nothing that was claimed before changes it any more. */
  readonly lastSeq: number;
}

/** What waits for its commit. */
export interface PendingLoad {
  readonly appends: number;
  readonly events: number;
  readonly bytes: number;
}

/** What a store says of a commit beside its events. */
export interface CommitInfo {
  /** How long the transaction took, milliseconds. */
  readonly durationMillis: number;
}

/** Called after a commit. */
export type CommitListener = (events: readonly StoredEvent[], info: CommitInfo) => void;

/** Called with events that are new, and with how many were left out because nobody could look at so many. */
export type WatchListener = (events: readonly StoredEvent[], leftOut: number) => void;

/** Which events are too old. */
export interface RetentionLimits {
  /** Delete events that were received before this instant, milliseconds since the epoch. */
  readonly before: number;
  /** Delete the oldest until the database takes no more than this; `undefined` for no limit. */
  readonly maxBytes: number | undefined;
}

/** First and last of some instants, milliseconds since the epoch. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** When something came; `undefined` where nothing did. */
export interface Arrivals {
  /** Of events. */
  readonly events: Span | undefined;
  /** When producers were last seen. */
  readonly producers: Span | undefined;
}

/** Reads. They see exactly what is durable, and may run at any time. */
export interface EventReader {
  readonly events: (query: EventQuery) => Promise<readonly StoredEvent[]>;
  readonly summary: (query: SummaryQuery) => Promise<Summary>;
  readonly producer: (producer: string) => Promise<ProducerRow | undefined>;
  readonly analytics: Analytics;
}

/**
 * Where events rest. Sessions know nothing else of it, so that another database, or one that fails on purpose, can
 * take its place; `test/support/contracts/store.ts` states what every implementation keeps.
 */
export interface Store extends EventReader {
  /**
   * Stores an append and its producer's new `last_seq` in one transaction. Appends are decided in call order.
   *
   * @returns what became of it, once that is durable. Rejects if it could not be stored; then it may be tried again.
   */
  readonly append: (append: Append) => Promise<AppendOutcome>;
  /**
   * Makes a connection the one that speaks for a producer, in the place of whichever did so before. The producer is
   * listed once something of it was stored.
   *
   * @returns `undefined`, and nothing is changed, where what is stored of the producer is another application's
   */
  readonly claim: (producer: ProducerRef) => Promise<ProducerClaim | undefined>;
  /** Calls back after each commit of this store with the events that became durable, in their order. @returns the way to stop. */
  readonly onCommit: (listener: CommitListener) => () => void;
  /**
   * Calls back with the events that became durable, by this store or by another one on the same database, soon after they
   * did. @returns the way to stop.
   */
  readonly watch: (listener: WatchListener) => () => void;
  readonly pending: () => PendingLoad;
  /**
   * Removes the rows of producers that were last seen before an instant (milliseconds since the epoch), but not those
   * to keep, and no events. No append is decided meanwhile. @returns how many were removed.
   */
  readonly forgetProducers: (lastSeenBefore: number, keep: readonly string[]) => Promise<number>;
  /**
   * Deletes the oldest events and their aggregates, in steps between which others have their turn. Events of the last
   * hours of a period that is kept may stay. @returns how many events were deleted.
   */
  readonly deleteOld: (limits: RetentionLimits) => Promise<number>;
  /** When what is stored came, as far as it came before an instant (milliseconds since the epoch). */
  readonly arrivals: (before: number) => Promise<Arrivals>;
  /** Copies of what it holds; `undefined` where there is no file. */
  readonly archive: Archive | undefined;
  /** What several servers share beside events; `undefined` where one has the database for itself. */
  readonly records: SharedAccess | undefined;
  /** These servers; `undefined` as before. */
  readonly nodes: Nodes | undefined;
  /** Of them all; `undefined` as before: a server that has the database for itself knows it. */
  readonly rate: RequestRate | undefined;
  /** Rules of alerts, and what came of them. */
  readonly documents: Documents;
  /** Waits for what was appended, then lets go of the database. Idempotent. */
  readonly close: () => Promise<void>;
}
