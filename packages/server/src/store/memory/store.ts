import type { StoredEvent } from '../../event/event.ts';
import type { Analytics } from '../questions/analytics.ts';
import { decideGroup, numberEvents, type ProducerChange } from '../append-decision.ts';
import { Claims } from '../claims.ts';
import { CommitListeners } from '../commit-listeners.ts';
import type { EventQuery, Summary, SummaryQuery } from '../questions/event-query.ts';
import { GroupCommit } from '../group-commit.ts';
import { KnownReleases } from '../known-releases.ts';
import type { ProducerRef, ProducerRow } from '../questions/producer.ts';
import type { Release } from '../questions/release-list.ts';
import type {
  Append,
  AppendOutcome,
  Arrivals,
  CommitListener,
  PendingLoad,
  ProducerClaim,
  RetentionLimits,
  Span,
  Store,
  WatchListener,
} from '../store.ts';
import { MemoryAnalytics } from './analytics.ts';
import { MemoryDocuments } from './documents.ts';
import { selectEvents, summarise } from './queries.ts';
import { addReleases } from './releases.ts';

/**
 * Keeps events in the memory of the process, for tests and trials: gone with the process, and it grows without bound.
 */
export class MemoryStore implements Store {
  readonly archive = undefined;
  readonly records = undefined;
  readonly nodes = undefined;
  readonly rate = undefined;
  readonly documents: MemoryDocuments = new MemoryDocuments();
  readonly #events: StoredEvent[] = [];
  #nextId = 1;
  readonly #producers = new Map<string, ProducerRow>();
  readonly #releases: Release[] = [];
  readonly #knownReleases = new KnownReleases();
  readonly analytics: Analytics = new MemoryAnalytics(this.#events, this.#producers, this.#releases);
  readonly #claims = new Claims();
  readonly #listeners = new CommitListeners();
  readonly #writer = new GroupCommit((group) => Promise.resolve(this.#commit(group)));

  append(append: Append): Promise<AppendOutcome> {
    return this.#writer.append(append);
  }

  claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    return Promise.resolve(this.#claims.take(producer, this.#producers.get(producer.producer)));
  }

  events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return Promise.resolve(selectEvents(this.#events, query));
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return Promise.resolve(summarise(this.#events, query));
  }

  producer(producer: string): Promise<ProducerRow | undefined> {
    return Promise.resolve(this.#producers.get(producer));
  }

  onCommit(listener: CommitListener): () => void {
    return this.#listeners.add(listener);
  }

  watch(listener: WatchListener): () => void {
    return this.onCommit((events) => listener(events, 0));
  }

  pending(): PendingLoad {
    return this.#writer.pending();
  }

  forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    const old = [...this.#producers].filter(
      ([producer, row]) => row.lastSeen < lastSeenBefore && !keep.includes(producer),
    );
    for (const [producer] of old) this.#producers.delete(producer);
    this.#claims.keepOnly(keep);
    return Promise.resolve(old.length);
  }

  arrivals(before: number): Promise<Arrivals> {
    const events = this.#events.map((event) => event.receivedAt);
    const producers = [...this.#producers.values()].map((row) => row.lastSeen);
    return Promise.resolve({ events: spanBefore(events, before), producers: spanBefore(producers, before) });
  }

  /** It has no size: only the age of events counts. */
  deleteOld({ before }: RetentionLimits): Promise<number> {
    const kept = this.#events.filter((event) => event.receivedAt >= before);
    const deleted = this.#events.length - kept.length;
    for (const [index, event] of kept.entries()) this.#events[index] = event;
    this.#events.length = kept.length;
    return Promise.resolve(deleted);
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #commit(group: readonly Append[]): readonly AppendOutcome[] {
    const start = performance.now();
    const lastSeqs = new Map([...this.#producers].map(([key, row]) => [key, row.lastSeq]));
    const { outcomes, stored, producers } = decideGroup(group, lastSeqs, this.#claims.current);
    const committed = numberEvents(stored, this.#nextId);
    this.#nextId += committed.length;
    for (const event of committed) this.#events.push(event);
    const releases = this.#knownReleases.newIn(committed);
    addReleases(this.#releases, releases);
    this.#knownReleases.learn(releases);
    for (const [key, change] of producers)
      this.#producers.set(key, nextRow(this.#producers.get(key), change));
    this.#listeners.notify(committed, { durationMillis: performance.now() - start });
    return outcomes;
  }
}

function nextRow(before: ProducerRow | undefined, change: ProducerChange): ProducerRow {
  return {
    ...change.latest.producer,
    lastSeq: change.lastSeq,
    firstSeen: before?.firstSeen ?? change.latest.receivedAt,
    lastSeen: change.latest.receivedAt,
    events: (before?.events ?? 0) + change.events,
    rejected: (before?.rejected ?? 0) + change.rejected,
  };
}

function spanBefore(instants: readonly number[], before: number): Span | undefined {
  let span: Span | undefined;
  for (const each of instants) {
    if (each >= before) continue;
    span = { first: Math.min(each, span?.first ?? each), last: Math.max(each, span?.last ?? each) };
  }
  return span;
}
