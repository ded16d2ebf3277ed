import type { ProducerRef } from '../../store/questions/producer.ts';
import type { Append } from '../../store/store.ts';
import type { Receiver } from '../receiver.ts';
import type { PartialSuccess } from './encoding.ts';
import type { SpanVerdict } from './span-events.ts';
import type { SpanWindow } from './span-window.ts';

/** Events of one append: a commit is not to take long. */
const MAX_APPEND_EVENTS = 4096;

/** What the spans of one application became, of one release of it in one place: that is kept with its events. */
interface Share {
  readonly producer: ProducerRef;
  readonly events: Extract<SpanVerdict, { readonly kind: 'event' }>[];
  rejected: number;
}

/** What the spans of one request became, until it is stored. */
export class SpanBatch {
  readonly #receiver: Receiver;
  readonly #shares = new Map<string, Share>();
  readonly #refused = new Map<string, number>();
  #others = 0;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
  }

  add(producer: ProducerRef, verdict: SpanVerdict): void {
    if (verdict.kind === 'other') {
      this.#others += 1;
      return;
    }
    const share = this.#shareOf(producer);
    if (verdict.kind === 'refused') {
      share.rejected += 1;
      this.#refused.set(verdict.why, (this.#refused.get(verdict.why) ?? 0) + 1);
      return;
    }
    share.events.push(verdict);
  }

  /**
   * Appends what was not taken before, all in this turn, so that it shares transactions. Resolves when every event of the request is
   * durable, whichever request brought it; rejects when one is not.
   */
  async store(window: SpanWindow): Promise<void> {
    this.#receiver.counters.add('otherSpans', this.#others);
    const commits = new Set<Promise<unknown>>();
    let duplicates = 0;
    for (const share of this.#shares.values()) duplicates += this.#storeShare(share, window, commits);
    await Promise.all(commits);
    this.#receiver.counters.events('duplicates', 'otlp', duplicates);
  }

  /** What is to be said of spans that were refused. */
  get partial(): PartialSuccess | undefined {
    const rejectedSpans = [...this.#refused.values()].reduce((sum, count) => sum + count, 0);
    if (rejectedSpans === 0) return undefined;
    const reasons = [...this.#refused].map(([why, count]) => `${count} ${why}`).join(', ');
    return { rejectedSpans, errorMessage: `not stored: ${reasons}` };
  }

  #shareOf(producer: ProducerRef): Share {
    const key = JSON.stringify(producer);
    const known = this.#shares.get(key);
    if (known !== undefined) return known;
    const share: Share = { producer, events: [], rejected: 0 };
    this.#shares.set(key, share);
    return share;
  }

  /** @returns how many were taken before */
  #storeShare(
    { producer, events, rejected }: Share,
    window: SpanWindow,
    commits: Set<Promise<unknown>>,
  ): number {
    const fresh = new Map<string, Share['events'][number]>();
    for (const each of events) {
      const before = window.find(each.id);
      if (before === undefined) fresh.set(each.id, each);
      else commits.add(before);
    }
    const all = [...fresh.values()];
    // One without events says how many were refused.
    const appends = Math.max(Math.ceil(all.length / MAX_APPEND_EVENTS), rejected > 0 ? 1 : 0);
    for (let index = 0; index < appends; index += 1) {
      const part = all.slice(index * MAX_APPEND_EVENTS, (index + 1) * MAX_APPEND_EVENTS);
      const commit = this.#receiver.append(
        appendOf(producer, part, index === 0 ? rejected : 0),
        part.flatMap(({ adjustments }) => adjustments),
      );
      window.add(
        part.map(({ id }) => id),
        commit,
      );
      commits.add(commit);
    }
    return events.length - fresh.size;
  }
}

function appendOf(producer: ProducerRef, part: Share['events'], rejected: number): Append {
  return {
    producer,
    seq: null,
    claim: null,
    after: null,
    events: part.map(({ event }) => event),
    rejected,
    receivedAt: Date.now(),
    bytes: part.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
