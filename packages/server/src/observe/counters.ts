import { PRODUCER_MODES, type ProducerMode } from '../store/questions/producer.ts';

/** Why something a client sent was not taken. */
export const REFUSAL_REASONS = [
  'unauthorized',
  'unknown_path',
  'too_many_connections',
  'not_json',
  'invalid_message',
  'invalid_event',
  'too_large',
  'hello_timeout',
  'event_timeout',
  'unread_answers',
  'sequence_gap',
  'overloaded',
  'store_failed',
] as const;

/** Why something a client sent was not taken. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** Events that came by one way. */
export interface EventCounts {
  /** Stored durably. */
  readonly stored: number;
  /** Of frames that had been stored before and were acknowledged without storing them again. */
  readonly duplicates: number;
  /** Refused for good. */
  readonly rejected: number;
}

/** A snapshot of what the server has done since it started. */
export interface ServerStats {
  /** Open WebSocket connections. */
  readonly connections: number;
  /** Of these: connections that have not shown the token. */
  readonly unauthenticated: number;
  /** WebSocket connections accepted. */
  readonly accepted: number;
  /** Connections closed because a newer one of their producer came. */
  readonly superseded: number;
  /** Connections ended because the peer no longer answered pings. */
  readonly dead: number;
  /** Events stored durably. */
  readonly stored: number;
  /** Events of frames that had been stored before and were acknowledged without storing them again. */
  readonly duplicates: number;
  /** Events refused for good. */
  readonly rejected: number;
  /** The three above by the way the events came. */
  readonly byMode: Readonly<Record<ProducerMode, EventCounts>>;
  /** Events of an ingest request that were left out: health checks, too large, invalid. */
  readonly skipped: number;
  /** Spans of OTLP requests that are no request which a server answered: neither stored nor refused. */
  readonly otherSpans: number;
  /** Events kept with a value cut or left out, by reason: `source_ip_not_hashed`, `text_cut`, `value_out_of_range`, `metric_dropped`, `time_not_plausible`, `user_id_not_hashed`, `consumer_not_hashed`. */
  readonly adjusted: Readonly<Record<string, number>>;
  /** Sequence numbers that the first frame of a connection left out. */
  readonly skippedSeqs: number;
  /** Frames stored. */
  readonly storedFrames: number;
  /** Frames that had been stored before. */
  readonly duplicateFrames: number;
  /** Frames answered with `throttle`. */
  readonly throttled: number;
  /** Frames discarded because an earlier one had been throttled. */
  readonly discarded: number;
  /** What was refused or failed, by reason. */
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  /** What waits for its commit. */
  readonly pending: { readonly appends: number; readonly events: number; readonly bytes: number };
}

/** What only the running server knows. */
export type LiveStats = Pick<ServerStats, 'connections' | 'unauthenticated' | 'pending'>;

type EventKind = keyof EventCounts;
type PlainCounter = Exclude<
  keyof ServerStats,
  keyof LiveStats | EventKind | 'byMode' | 'adjusted' | 'refusals'
>;

/** Counts what happens. All names come from closed sets, so the maps stay small. */
export class Counters {
  readonly #plain = new Map<PlainCounter, number>();
  readonly #events = new Map<`${EventKind} ${ProducerMode}`, number>();
  readonly #adjusted = new Map<string, number>();
  readonly #refusals = new Map<RefusalReason, number>();

  add(name: PlainCounter, count = 1): void {
    increase(this.#plain, name, count);
  }

  events(kind: EventKind, mode: ProducerMode, count = 1): void {
    increase(this.#events, `${kind} ${mode}`, count);
  }

  adjusted(reasons: readonly string[]): void {
    for (const reason of reasons) increase(this.#adjusted, reason, 1);
  }

  refused(reason: RefusalReason): void {
    increase(this.#refusals, reason, 1);
  }

  /** What was refused or failed, by reason. */
  get refusals(): ServerStats['refusals'] {
    return Object.fromEntries(this.#refusals);
  }

  snapshot(live: LiveStats): ServerStats {
    const plain = (name: PlainCounter): number => this.#plain.get(name) ?? 0;
    return {
      ...live,
      accepted: plain('accepted'),
      superseded: plain('superseded'),
      dead: plain('dead'),
      ...this.#eventCounts(...PRODUCER_MODES),
      byMode: {
        batch: this.#eventCounts('batch'),
        event: this.#eventCounts('event'),
        http: this.#eventCounts('http'),
        otlp: this.#eventCounts('otlp'),
      },
      skipped: plain('skipped'),
      otherSpans: plain('otherSpans'),
      adjusted: Object.fromEntries(this.#adjusted),
      skippedSeqs: plain('skippedSeqs'),
      storedFrames: plain('storedFrames'),
      duplicateFrames: plain('duplicateFrames'),
      throttled: plain('throttled'),
      discarded: plain('discarded'),
      refusals: this.refusals,
    };
  }

  #eventCounts(...modes: readonly ProducerMode[]): EventCounts {
    const sum = (kind: EventKind): number =>
      modes.reduce((total, mode) => total + (this.#events.get(`${kind} ${mode}`) ?? 0), 0);
    return { stored: sum('stored'), duplicates: sum('duplicates'), rejected: sum('rejected') };
  }
}

function increase<K>(counts: Map<K, number>, name: K, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
