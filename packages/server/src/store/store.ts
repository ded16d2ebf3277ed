import type { Analytics } from './analytics.ts';
import type { Archive } from './archive.ts';
import type { CerberusEvent, Outcome, StoredEvent } from '../event/event.ts';

/** The ways by which events of a producer arrive. */
export const PRODUCER_MODES = ['batch', 'event', 'http'] as const;

/** The way by which events of a producer arrive. */
export type ProducerMode = (typeof PRODUCER_MODES)[number];

/** Who sent an append. In batch mode an exporter instance, else all senders with one client id. */
export interface ProducerRef {
  /** Key of the producer row: the exporter's own id, or `event:<client id>`, `http:<client id>`. */
  readonly producer: string;
  readonly clientId: string;
  readonly mode: ProducerMode;
  /** Name and version of the client software, where it says so. */
  readonly agent: string | null;
}

/** One unit that is stored whole or not at all: a frame, a single event, or a request's events of one client. */
export interface Append {
  readonly producer: ProducerRef;
  /** Sequence number in batch mode; `null` where the mode has none: then every append is new. */
  readonly seq: number | null;
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
  | { readonly status: 'gap' };

/** The durable row of a producer. */
export interface ProducerRow extends ProducerRef {
  readonly lastSeq: number;
  /** Milliseconds since the epoch. */
  readonly firstSeen: number;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
  /** Events stored. */
  readonly events: number;
  /** Events refused for good. */
  readonly rejected: number;
}

/** Which events are meant. Times are milliseconds since the epoch, half-open, on {@link eventTime}. */
export interface EventFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly clientId?: string | undefined;
}

/** A place in the order "newest first". */
export interface EventPosition {
  readonly time: number;
  readonly id: number;
}

/** A page of events, newest first. */
export interface EventQuery extends EventFilter {
  readonly limit: number;
  /** Matches the route or the path. */
  readonly endpoint?: string | undefined;
  readonly method?: string | undefined;
  /** Status codes, both ends included. */
  readonly status?: { readonly from: number; readonly to: number } | undefined;
  readonly outcome?: Outcome | undefined;
  /** Only events that come after this place. */
  readonly after?: EventPosition | undefined;
}

/** Figures over events. */
export interface SummaryQuery extends EventFilter {
  /** Width of a bucket in milliseconds; chosen from the span of the data when absent. */
  readonly bucketMillis?: number | undefined;
}

/** `null` where no event has a latency. Milliseconds. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Requests that started in one interval. */
export interface SummaryBucket {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly requests: number;
  readonly errors: number;
}

/** Requests to one endpoint: its route where there is one, else its path. */
export interface SummaryEndpoint {
  readonly method: string;
  readonly endpoint: string;
  readonly requests: number;
  readonly errors: number;
  /** Milliseconds. */
  readonly p95: number | null;
}

/** Answer to a {@link SummaryQuery}. */
export interface Summary {
  readonly requests: number;
  readonly errors: number;
  /** Distinct client addresses. */
  readonly clients: number;
  readonly latency: Percentiles;
  readonly bucketMillis: number;
  /** In order of time; intervals without a request are left out. */
  readonly buckets: readonly SummaryBucket[];
  /** The busiest first, at most {@link MAX_SUMMARY_ENDPOINTS}. */
  readonly endpoints: readonly SummaryEndpoint[];
}

/** Most endpoints in one summary. */
export const MAX_SUMMARY_ENDPOINTS = 1000;

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

/** Which events are too old. */
export interface RetentionLimits {
  /** Delete events that were received before this instant, milliseconds since the epoch. */
  readonly before: number;
  /** Delete the oldest until the database takes no more than this; `undefined` for no limit. */
  readonly maxBytes: number | undefined;
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
 * take its place; `test/support/store-contract.ts` states what every implementation keeps.
 */
export interface Store extends EventReader {
  /**
   * Stores an append and its producer's new `last_seq` in one transaction. Appends are decided in call order.
   *
   * @returns what became of it, once that is durable. Rejects if it could not be stored; then it may be tried again.
   */
  readonly append: (append: Append) => Promise<AppendOutcome>;
  /** Highest stored sequence number of a producer, 0 if there is none. */
  readonly lastSeq: (producer: string) => Promise<number>;
  /** Calls back after each commit with the events that became durable, in order of id. @returns the way to stop. */
  readonly onCommit: (listener: CommitListener) => () => void;
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
  /** Copies of what it holds; `undefined` where there is no file. */
  readonly archive: Archive | undefined;
  /** Waits for what was appended, then lets go of the database. Idempotent. */
  readonly close: () => Promise<void>;
}
