import type { StoredEvent } from '../../../dist/event/event.js';
import type { Analytics } from '../../../dist/store/questions/analytics.js';
import type { Documents } from '../../../dist/store/documents.js';
import type { EventQuery, Summary, SummaryQuery } from '../../../dist/store/questions/event-query.js';
import { MemoryStore } from '../../../dist/store/memory/store.js';
import type { ProducerRef, ProducerRow } from '../../../dist/store/questions/producer.js';
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
} from '../../../dist/store/store.js';

/** What happens to the next appends: `lost-answer` stores and then fails all the same, as a failed COMMIT may. */
export type Fault = 'none' | 'fail' | 'lost-answer';

/** A store that tests can hold back and make fail; below it is a real {@link MemoryStore}. */
export class ControlledStore implements Store {
  readonly archive = undefined;
  readonly records = undefined;
  readonly nodes = undefined;
  readonly rate = undefined;
  readonly inner: Store;
  fault: (append: Append) => Fault = () => 'none';
  load: PendingLoad | undefined;
  /** Appends that were asked for. */
  appends = 0;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(inner: Store = new MemoryStore()) {
    this.inner = inner;
  }

  /** Appends wait from now on. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Lets the waiting appends go on. */
  release(): void {
    this.#open();
  }

  append(append: Append): Promise<AppendOutcome> {
    this.appends += 1;
    const before = this.#tail;
    const result = this.#decide(before, this.#gate, append);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #decide(before: Promise<unknown>, gate: Promise<void>, append: Append): Promise<AppendOutcome> {
    await before;
    await gate;
    const fault = this.fault(append);
    if (fault === 'fail') throw new Error('injected: nothing was stored');
    const outcome = await this.inner.append(append);
    if (fault === 'lost-answer') throw new Error('injected: stored, but reported as failed');
    return outcome;
  }

  claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    return this.inner.claim(producer);
  }

  events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return this.inner.events(query);
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return this.inner.summary(query);
  }

  get documents(): Documents {
    return this.inner.documents;
  }

  get analytics(): Analytics {
    return this.inner.analytics;
  }

  producer(producer: string): Promise<ProducerRow | undefined> {
    return this.inner.producer(producer);
  }

  onCommit(listener: CommitListener): () => void {
    return this.inner.onCommit(listener);
  }

  watch(listener: WatchListener): () => void {
    return this.inner.watch(listener);
  }

  pending(): PendingLoad {
    return this.load ?? this.inner.pending();
  }

  forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    return this.inner.forgetProducers(lastSeenBefore, keep);
  }

  arrivals(before: number): Promise<Arrivals> {
    return this.inner.arrivals(before);
  }

  deleteOld(limits: RetentionLimits): Promise<number> {
    return this.inner.deleteOld(limits);
  }

  async close(): Promise<void> {
    this.release();
    await this.#tail;
    await this.inner.close();
  }
}
