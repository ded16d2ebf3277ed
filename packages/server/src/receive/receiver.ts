import { DAY_MILLIS } from '../durations.ts';
import type { CerberusEvent } from '../event/event.ts';
import { isTest } from '../event/test-event.ts';
import type { TimeWindow } from '../event/timestamps.ts';
import { validateEvent, type EventVerdict } from '../event/validation.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../observe/counters.ts';
import type { Durations } from '../observe/metrics.ts';
import { failureReason } from '../store/failure-reason.ts';
import type { ProducerRef } from '../store/questions/producer.ts';
import type { Append, AppendOutcome, ProducerClaim, Store } from '../store/store.ts';
import { PathGroups } from './path-groups.ts';
import { isOverloaded, type PendingLimits } from './overload.ts';
import { ReadAhead } from './read-ahead.ts';
import { SourceActivity } from './source-activity.ts';

/** Events of one frame or request, sorted into those to store and those to refuse. */
export interface SortedEvents {
  readonly events: readonly CerberusEvent[];
  /** Indexes of the refused ones. */
  readonly rejected: readonly number[];
  /** Nothing in it but test events. */
  readonly isTest: boolean;
  /** What was changed to store them. */
  readonly adjustments: readonly string[];
}

/** What is taken. */
export interface ReceiveLimits extends PendingLimits {
  /** Age of a request when its event arrives, days; of an older one the time of arrival counts. */
  readonly maxEventAgeDays: number;
  /** How far a sender's clock may be ahead of this one, milliseconds. */
  readonly maxEventAheadMillis: number;
  /** After a store has failed for so long, senders are sent away; `Infinity` where there is no other server to go to. */
  readonly sendAwayAfterMillis: number;
}

/** How long after a failed commit nothing new is asked for. */
const RETRY_MILLIS = 5000;

/** What every way in shares: validation with its counters, and the store with its limits. */
export class Receiver {
  readonly counters: Counters;
  readonly activity: SourceActivity = new SourceActivity();
  readonly readAhead: ReadAhead;
  readonly #store: Store;
  readonly #durations: Durations;
  readonly #limits: ReceiveLimits;
  readonly #log: Log;
  readonly #pathGroups = new PathGroups();
  #healthy = true;
  #failedAt = Number.NEGATIVE_INFINITY;
  #failsSince = Number.NEGATIVE_INFINITY;
  #storedAt = Number.NEGATIVE_INFINITY;

  constructor(store: Store, counters: Counters, durations: Durations, limits: ReceiveLimits, log: Log) {
    this.#store = store;
    this.readAhead = new ReadAhead(() => store.pending());
    this.counters = counters;
    this.#durations = durations;
    this.#limits = limits;
    this.#log = log;
  }

  /** Whether the last commit that had something to store succeeded. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /**
   * Why no more events should be sent here for now; `undefined` where they may. A while after a commit failed it is tried
   * with new ones: if nobody sent any, it would never be found out that the store works again. A server that has its database with
   * others finds that out by itself, and so also that it is away while nobody sends anything.
   */
  get unready(): string | undefined {
    if (this.overloaded) return 'too far behind';
    if (!this.#healthy && performance.now() - this.#failedAt < RETRY_MILLIS) return 'the last commit failed';
    const awayAt = this.#store.nodes?.awayAt;
    if (awayAt !== undefined && awayAt > this.#storedAt) return 'the database does not answer';
    return undefined;
  }

  /** Whether senders should look for another server. */
  get sendsAway(): boolean {
    return !this.#healthy && performance.now() - this.#failsSince >= this.#limits.sendAwayAfterMillis;
  }

  sort(values: readonly unknown[], clientId?: string): SortedEvents {
    const events: CerberusEvent[] = [];
    const rejected: number[] = [];
    const adjustments: string[] = [];
    let tests = 0;
    const window = this.#window();
    for (const [index, value] of values.entries()) {
      const verdict = validateEvent(value, clientId, window);
      if (verdict.ok && isTest(verdict.event)) {
        tests += 1;
      } else if (verdict.ok) {
        events.push(verdict.event);
        adjustments.push(...verdict.adjustments);
      } else {
        rejected.push(index);
      }
    }
    return { events, rejected, isTest: tests > 0 && tests === values.length, adjustments };
  }

  /** Reads one event, as it arrives now. */
  validate(value: unknown, clientId?: string): EventVerdict {
    return validateEvent(value, clientId, this.#window());
  }

  get overloaded(): boolean {
    return isOverloaded(this.#store.pending(), this.#limits);
  }

  claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    return this.#store.claim(producer);
  }

  /**
   * Names what has no route, appends and counts. Rejects when nothing was stored.
   *
   * @param adjustments - what was changed to store the events; what comes again counts once
   */
  async append(append: Append, adjustments: readonly string[]): Promise<AppendOutcome> {
    const start = performance.now();
    this.#pathGroups.name(append.events);
    try {
      const outcome = await this.#store.append(append);
      this.#durations.acknowledged(append.producer.mode, performance.now() - start);
      this.#count(append, outcome);
      // A duplicate or a gap writes nothing, so it proves nothing.
      if (outcome.status === 'stored') {
        this.counters.adjusted(adjustments);
        this.#storedAt = performance.now();
        this.#setHealthy(true, 'store works again');
      }
      return outcome;
    } catch (error) {
      this.counters.refused('store_failed');
      this.#failedAt = performance.now();
      this.#setHealthy(false, `store failed: ${failureReason(error)}`);
      throw error;
    } finally {
      this.readAhead.settled();
    }
  }

  #window(): TimeWindow {
    const now = Date.now();
    const { maxEventAgeDays, maxEventAheadMillis } = this.#limits;
    return { earliest: now - maxEventAgeDays * DAY_MILLIS, latest: now + maxEventAheadMillis };
  }

  /** One line per change of state, not per append. */
  #setHealthy(healthy: boolean, line: string): void {
    if (healthy === this.#healthy) return;
    this.#healthy = healthy;
    if (!healthy) this.#failsSince = performance.now();
    this.#log(healthy ? 'info' : 'error', line);
  }

  #count(append: Append, outcome: AppendOutcome): void {
    const { mode } = append.producer;
    if (outcome.status === 'duplicate') {
      this.counters.events('duplicates', mode, append.events.length);
      this.counters.add('duplicateFrames');
    }
    if (outcome.status !== 'stored') return;
    this.counters.events('stored', mode, append.events.length);
    this.counters.events('rejected', mode, append.rejected);
    if (append.seq !== null) this.counters.add('storedFrames');
    this.counters.add('skippedSeqs', outcome.skipped);
  }
}
