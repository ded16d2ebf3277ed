import type { StoredEvent } from '../event/event.ts';
import { eventToJson } from '../event/json.ts';
import type { EventFilter } from '../store/filter/event-filter.ts';
import { matcher } from '../store/filter/matcher.ts';

/** Most events that one listener gets in a second; nobody reads more, and ingest must not pay for it. */
const MAX_EVENTS_PER_SECOND = 500;
/** What a listener has not taken yet, above which it gets nothing more. */
const MAX_UNREAD_BYTES = 262_144;
const SECOND_MILLIS = 1000;

/** Where a listener's messages go. */
export interface LiveSink {
  readonly write: (text: string) => void;
  /** Bytes that were written and not yet taken. */
  readonly unreadBytes: () => number;
  /** Whether who watches still may. */
  readonly mayWatch: () => boolean;
  /** Nothing more comes. */
  readonly end: () => void;
}

/** One who watches. */
interface Listener {
  readonly sink: LiveSink;
  readonly isMeant: (event: StoredEvent) => boolean;
  /** Events that it may still get in this second. */
  budget: number;
  /** Events that it did not get and was not told of. */
  dropped: number;
}

/** Tells of new events from now on. @returns the way to stop */
type Watch = (listener: (events: readonly StoredEvent[], leftOut: number) => void) => () => void;

/**
 * Passes stored events on to those who watch, as server-sent events. A slow listener, or one that is offered more than
 * anybody can look at, gets less and is told how much less; the others and the writer do not notice.
 */
export class LiveFeed {
  readonly #watch: Watch;
  readonly #heartbeatMillis: number;
  readonly #listeners = new Set<Listener>();
  #stopWatching: () => void = () => undefined;

  /**
   * @param watch - is called while somebody listens, and costs nothing while nobody does
   * @param heartbeatMillis - a sign of life comes so often
   */
  constructor(watch: Watch, heartbeatMillis: number) {
    this.#watch = watch;
    this.#heartbeatMillis = heartbeatMillis;
  }

  get size(): number {
    return this.#listeners.size;
  }

  /** @param filter which events are wanted. @returns the way to stop */
  listen(sink: LiveSink, filter: EventFilter): () => void {
    const listener: Listener = { sink, isMeant: matcher(filter), budget: MAX_EVENTS_PER_SECOND, dropped: 0 };
    this.#listeners.add(listener);
    if (this.#listeners.size === 1)
      this.#stopWatching = this.#watch((events, leftOut) => this.#publish(events, leftOut));
    return () => this.#remove(listener);
  }

  #publish(events: readonly StoredEvent[], leftOut: number): void {
    this.#endOfRevoked();
    for (const listener of this.#listeners) listener.dropped += leftOut;
    for (const event of events) {
      let text: string | undefined;
      for (const listener of this.#listeners) {
        if (!listener.isMeant(event)) continue;
        if (listener.budget <= 0 || listener.sink.unreadBytes() > MAX_UNREAD_BYTES) {
          listener.dropped += 1;
          continue;
        }
        listener.budget -= 1;
        // Once for all who get it, and not at all if nobody does.
        listener.sink.write((text ??= message('request', eventToJson(event))));
      }
    }
  }

  /** A token may be revoked, and a session end, long after the question. */
  #endOfRevoked(): void {
    for (const listener of this.#listeners) {
      if (listener.sink.mayWatch()) continue;
      this.#remove(listener);
      listener.sink.end();
    }
  }

  #remove(listener: Listener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stopWatching();
  }

  /** To be called once a second: tells of what was dropped and lets the next events through. */
  tick(): void {
    for (const listener of this.#listeners) {
      listener.budget = MAX_EVENTS_PER_SECOND;
      if (listener.dropped === 0 || listener.sink.unreadBytes() > MAX_UNREAD_BYTES) continue;
      listener.sink.write(message('dropped', { count: listener.dropped }));
      listener.dropped = 0;
    }
  }

  /** Keeps proxies from taking silence for death, and readers from taking death for silence. */
  heartbeat(): void {
    this.#endOfRevoked();
    const alive = this.alive();
    for (const { sink } of this.#listeners) if (sink.unreadBytes() === 0) sink.write(alive);
  }

  /** A sign of life, with when the next one comes at the latest. */
  alive(): string {
    return message('alive', { again_millis: this.#heartbeatMillis });
  }

  /** Runs it on timers that keep no process alive. @returns the way to stop */
  start(): () => void {
    const ticking = setInterval(() => this.tick(), SECOND_MILLIS).unref();
    const beating = setInterval(() => this.heartbeat(), this.#heartbeatMillis).unref();
    return () => {
      clearInterval(ticking);
      clearInterval(beating);
    };
  }
}

/** JSON has no line breaks, so one `data` line is enough. */
function message(event: 'request' | 'dropped' | 'alive', data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
