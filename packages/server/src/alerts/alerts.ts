import { randomUUID } from 'node:crypto';

import { HOUR_MILLIS, SECOND_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import { newAlertCounts, type AlertCounts } from '../observe/alert-counts.ts';
import type { Analytics } from '../store/questions/analytics.ts';
import { askFor } from '../store/asker.ts';
import type { Documents } from '../store/documents.ts';
import { failureReason } from '../store/failure-reason.ts';
import { SYSTEM_CLOCK, type ForgettingClock } from '../store/forgetting.ts';
import type { AlertFile, ParseFilter } from './alert-file.ts';
import { AlertBook, type KnownDestination, type KnownRule, type Refusal } from './book.ts';
import { clearOld } from './clearing.ts';
import type { DeliveryResult } from './delivery/result.ts';
import { send as sendMessage, type Send } from './delivery/send.ts';
import { Desk, type LogEntry, type OutboxItem, type SentItem } from './desk.ts';
import { Evaluator } from './evaluator.ts';
import { newsChanges, newsOf } from './happening.ts';
import { Loop } from './loop.ts';
import { PageLinks } from './messages/page-links.ts';
import { testPayload } from './messages/payload.ts';
import { Outbox } from './outbox.ts';
import type { Reading, RuleState } from './rules/evaluation.ts';
import type { Rule } from './rules/rule.ts';
import { Seal } from './sealing.ts';

const TICK_MILLIS = 5 * SECOND_MILLIS;

/** Without a tick for so long a server stood still, as one whose machine sleeps or is moved, and has not received anything either. */
const STOOD_STILL_MILLIS = 30 * SECOND_MILLIS;

/** What alerts need. */
export interface AlertsContext {
  readonly documents: Documents;
  readonly analytics: Analytics;
  readonly file: AlertFile;
  readonly parseFilter: ParseFilter;
  /** The server's own token, with which secrets of destinations are sealed. */
  readonly token: string;
  /** Days for which the log is kept. */
  readonly retentionDays: number;
  /** Of the page, as others reach it, without a slash at its end; messages have no links without it. */
  readonly publicUrl?: string | undefined;
  readonly log: Log;
  readonly clock?: ForgettingClock;
  readonly send?: Send;
}

/** A rule, and what is known of it. */
export interface RuleStatus extends KnownRule {
  readonly state: RuleState | undefined;
}

/** Something that happened, and what became of its messages. */
export interface LoggedEntry extends LogEntry {
  readonly id: string;
  readonly waiting: readonly OutboxItem[];
  readonly sent: readonly SentItem[];
}

/** The rules of a server, and what comes of them. */
export class Alerts {
  readonly book: AlertBook;
  readonly counts: AlertCounts = newAlertCounts();
  readonly #evaluator: Evaluator;
  readonly #outbox: Outbox;
  readonly #desk: Desk;
  readonly #links: PageLinks;
  readonly #context: AlertsContext;
  readonly #clock: ForgettingClock;
  readonly #send: Send;
  readonly #stopping = new AbortController();

  constructor(context: AlertsContext) {
    const { documents, analytics, file, parseFilter, token, publicUrl } = context;
    const { clock = SYSTEM_CLOCK, send = sendMessage } = context;
    // That the store is closed when it stops is no failure.
    const log: Log = (level, line) => void (this.#stopping.signal.aborted || context.log(level, line));
    this.#context = { ...context, log };
    this.#clock = clock;
    this.#send = send;
    const desk = new Desk(documents);
    this.#desk = desk;
    this.book = new AlertBook({ desk, seal: new Seal(token), file, parseFilter });
    const links = new PageLinks(publicUrl);
    this.#links = links;
    const { book, counts } = this;
    const { now } = clock;
    this.#evaluator = new Evaluator({ desk, book, analytics, parseFilter, links, counts, log, now });
    this.#outbox = new Outbox({ desk, book, send, counts, log, now, stop: this.#stopping.signal });
  }

  /** Looks at rules and sends messages from now on. @returns the way to stop, which waits for what is being done */
  start(): () => Promise<void> {
    const { signal } = this.#stopping;
    const delivering = new Loop(this.#clock, TICK_MILLIS, () => this.#outbox.run());
    let lookedAt = this.#clock.now();
    const evaluating = new Loop(this.#clock, TICK_MILLIS, async () => {
      if (this.#clock.now() - lookedAt > STOOD_STILL_MILLIS) this.#evaluator.settle();
      // Nobody waits for the answer to a long question when it stops.
      await askFor(signal, () => this.#evaluator.run());
      lookedAt = this.#clock.now();
      delivering.wake();
    });
    const clearing = new Loop(this.#clock, HOUR_MILLIS, () => this.#clear());
    // A server that is started more often than that clears it, too.
    clearing.wake();
    return async () => {
      this.#stopping.abort();
      await Promise.all([evaluating, delivering, clearing].map((each) => each.stop()));
      await this.#outbox.idle();
    };
  }

  /** Looks at the rules whose next window is over, and sends what is due, all of it. Never rejects. */
  async tick(): Promise<void> {
    await this.#evaluator.run();
    await this.#outbox.run();
    await this.#outbox.idle();
  }

  /** All rules, those of the file first. */
  async rules(): Promise<readonly RuleStatus[]> {
    const { state } = await this.#desk.read('state');
    const states = new Map(state.map(({ id, value }) => [id, value]));
    return (await this.book.rules()).map((known) => ({ ...known, state: states.get(known.id) }));
  }

  /** What happened, the newest first. */
  async log(limit: number): Promise<readonly LoggedEntry[]> {
    const { log, outbox, sent } = await this.#desk.read('log', 'outbox', 'sent');
    return log
      .slice(-limit)
      .toReversed()
      .map(({ id, value }) => ({
        ...value,
        id,
        waiting: outbox.map((each) => each.value).filter(({ entry }) => entry === id),
        sent: sent.map((each) => each.value).filter(({ entry }) => entry === id),
      }));
  }

  /** What a rule would find in the newest window. */
  preview(rule: Rule): Promise<readonly Reading[]> {
    return this.#evaluator.preview(rule);
  }

  /** Changes a destination; see {@link AlertBook.changeDestination}. What waits for it is tried again at once. */
  async changeDestination(
    id: string,
    value: Readonly<Record<string, unknown>>,
  ): Promise<KnownDestination | Refusal> {
    const changed = await this.book.changeDestination(id, value);
    if ('name' in changed) await this.#outbox.retryNow(id);
    return changed;
  }

  /** Sends a message once, and says at once what became of it. @returns `undefined` where there is no such destination */
  async test(id: string): Promise<DeliveryResult | undefined> {
    const known = (await this.book.destinations()).find((each) => each.id === id);
    if (known === undefined) return undefined;
    const { destination, name } = known;
    if (destination === undefined) return { kind: 'failed', reason: 'the destination cannot be read' };
    const at = this.#clock.now();
    const news = newsOf({ ruleId: null, ruleName: name, at }, [], (entry) =>
      testPayload(entry, name, at, this.#links.alerts()),
    );
    const message = { id: randomUUID(), payload: news.entry.payload };
    const { signal } = this.#stopping;
    const sending = await this.#send(destination, message, signal);
    const isCut = signal.aborted && sending.kind !== 'delivered';
    const result = isCut ? ({ kind: 'failed', reason: 'the server stops' } as const) : sending;
    this.counts.happenings.test += 1;
    this.counts.attempts[result.kind] += 1;
    const isDelivered = result.kind === 'delivered';
    const error = result.reason;
    const sent = {
      entry: news.id,
      destination: id,
      destinationName: name,
      attempts: 1,
      isDelivered,
      at,
      error,
    };
    await this.#desk.change([
      ...newsChanges(news),
      { kind: 'sent', id: message.id, version: 0, value: sent },
    ]);
    if (isDelivered) await this.#outbox.retryNow(id);
    return result;
  }

  async #clear(): Promise<void> {
    const { retentionDays, log } = this.#context;
    try {
      const ruleIds = new Set((await this.book.rules()).map(({ id }) => id));
      await clearOld(this.#desk, { ruleIds, retentionDays, now: this.#clock.now() });
    } catch (error) {
      log('warn', `alerts: the log could not be cleared: ${failureReason(error)}`);
    }
  }
}
