import { SECOND_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { AlertCounts } from '../observe/alert-counts.ts';
import { failureReason } from '../store/failure-reason.ts';
import { FILE_PREFIX } from './alert-file.ts';
import type { AlertBook, KnownDestination } from './book.ts';
import { GIVE_UP_MILLIS, MOST_MILLIS, retryMillis } from './delivery/backoff.ts';
import type { DeliveryResult } from './delivery/result.ts';
import type { Send } from './delivery/send.ts';
import type { Desk, Kept, OutboxItem } from './desk.ts';
import { APART_MILLIS } from './rules/evaluation.ts';

/** So long a message is this server's. If it has not said by then what became of it, it has died, and another one sends it. */
export const HELD_MILLIS: number = 60 * SECOND_MILLIS;

/** Messages that are sent at once to one destination. */
const AT_ONCE = 4;

/** Most messages that wait for one destination; of more, the newest. */
export const MAX_WAITING = 500;

/** Most that are given up at once. */
const MAX_GIVEN_UP = 200;

/** So often messages are made due while some of them change. */
const MAX_TRIES = 3;

/** What sending needs. */
export interface OutboxContext {
  readonly desk: Desk;
  readonly book: AlertBook;
  readonly send: Send;
  readonly counts: AlertCounts;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborted when it stops: what is on its way is given up, and stays to be sent. */
  readonly stop: AbortSignal;
}

/**
 * Sends what is to be sent, at least once: a message is there until its receiver has taken it, or it is given up. Of one subject, and to
 * one destination, messages are sent in their order. No destination waits for another one.
 */
export class Outbox {
  readonly #context: OutboxContext;
  /** What is being sent, by destination. */
  readonly #lanes = new Map<string, Promise<void>>();
  /** Destinations that took nothing the last time. */
  readonly #failing = new Set<string>();
  #isFailing = false;

  constructor(context: OutboxContext) {
    this.#context = context;
  }

  /** Begins to send what is due, where nothing is being sent yet. Never rejects. */
  async run(): Promise<void> {
    const { desk, book, counts, now } = this.#context;
    await this.#guard(async () => {
      const { outbox } = await desk.read('outbox');
      counts.waiting = outbox.length;
      const surplus = surplusOf(outbox).filter(({ value }) => !isHeld(value, now()));
      for (const each of surplus.slice(0, MAX_GIVEN_UP)) await this.#settle(each, TOO_MANY);
      const due = firstOfEach(outbox.filter((each) => !surplus.includes(each))).filter(({ value }) =>
        isDue(value, now()),
      );
      if (due.length > 0) this.#begin(due, await book.destinations());
      else this.#isFailing = false;
    });
  }

  /** Makes due what waits for a destination that takes messages again, as far as anybody knows. */
  async retryNow(destination: string): Promise<void> {
    // One of them may change meanwhile, at this server or another one: then none is made due, and all are looked at again.
    for (let tries = 0; tries < MAX_TRIES; tries += 1) if (await this.#makeDue(destination)) return;
  }

  async #makeDue(destination: string): Promise<boolean> {
    const { desk, now } = this.#context;
    const { outbox } = await desk.read('outbox');
    const late = outbox.filter(
      ({ value }) => value.destination === destination && value.nextAt > now() && !isHeld(value, now()),
    );
    const due = late.map(({ value, ...kept }) => ({
      kind: 'outbox' as const,
      ...kept,
      value: { ...value, nextAt: now() },
    }));
    return due.length === 0 || desk.change(due);
  }

  /** Waits for what is being sent. */
  async idle(): Promise<void> {
    await Promise.all(this.#lanes.values());
  }

  #begin(due: readonly Kept<OutboxItem>[], destinations: readonly KnownDestination[]): void {
    const { now } = this.#context;
    for (const id of new Set(due.map(({ value }) => value.destination))) {
      if (this.#lanes.has(id)) continue;
      const known = destinations.find((each) => each.id === id);
      const items = due.filter(
        ({ value }) => value.destination === id && (known !== undefined || !isForOthers(value, now())),
      );
      const lane = this.#guard(() => this.#sendAll(items, known)).finally(() => this.#lanes.delete(id));
      this.#lanes.set(id, lane);
    }
  }

  async #sendAll(items: readonly Kept<OutboxItem>[], known: KnownDestination | undefined): Promise<void> {
    const rest = [...items];
    const worker = async (): Promise<void> => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
        if (this.#context.stop.aborted) return;
        await this.#sendOne(item, known);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    this.#isFailing = false;
  }

  async #sendOne(kept: Kept<OutboxItem>, known: KnownDestination | undefined): Promise<void> {
    const { desk, send, counts, now } = this.#context;
    const { id, version, value } = kept;
    const held = { ...value, attempts: value.attempts + 1, nextAt: now() + HELD_MILLIS };
    if (!(await desk.change([{ kind: 'outbox', id, version, value: held }]))) return;
    // It has stood still since, and the message is another server's.
    if (now() >= held.nextAt) return;
    const result =
      known?.destination === undefined
        ? unsent(value.destination, known !== undefined)
        : await send(
            known.destination,
            { id, payload: value.payload, reached: value.reached },
            this.#context.stop,
          );
    if (result.kind !== 'delivered' && this.#context.stop.aborted) return;
    counts.attempts[result.kind] += 1;
    this.#say(value.destination, result);
    await this.#settle({ id, version: version + 1, value: held }, result);
  }

  async #settle({ id, version, value }: Kept<OutboxItem>, result: DeliveryResult): Promise<void> {
    const { desk, log, now } = this.#context;
    const { kind, reason: error } = result;
    if (kind === 'failed' && now() - value.createdAt < GIVE_UP_MILLIS) {
      const nextAt = now() + retryMillis(value.attempts, Math.random(), result.retryAfterMillis);
      const { reached = value.reached } = result;
      await desk.change([{ kind: 'outbox', id, version, value: { ...value, nextAt, error, reached } }]);
      return;
    }
    const isDelivered = kind === 'delivered';
    const { entry, destination, destinationName, attempts } = value;
    const sent = { entry, destination, destinationName, attempts, isDelivered, at: now(), error };
    const isDone = await desk.change([
      { kind: 'outbox', id, version, value: undefined },
      { kind: 'sent', id, version: 0, value: sent },
    ]);
    if (isDone && !isDelivered) log('error', `alerts: a message was given up: ${error}`);
  }

  /** Says once of a destination that it takes nothing, and once that it does again. */
  #say(destination: string, { kind, reason }: DeliveryResult): void {
    const { log } = this.#context;
    if (kind === 'delivered') {
      if (this.#failing.delete(destination)) log('info', `alerts: ${destination} takes messages again`);
      return;
    }
    if (!this.#failing.has(destination)) log('warn', `alerts: ${destination} takes no message: ${reason}`);
    this.#failing.add(destination);
  }

  /** Says once that it fails, and not again until it does not. */
  async #guard(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const { log } = this.#context;
      if (!this.#isFailing) log('warn', `alerts: messages cannot be sent: ${failureReason(error)}`);
      this.#isFailing = true;
    }
  }
}

const IN_NO_FILE = 'the destination is in no file here';

/** Another server may have another file, or the token with which it was sealed. */
function unsent(id: string, isThere: boolean): DeliveryResult {
  if (isThere) return { kind: 'failed', reason: 'the destination cannot be read' };
  return id.startsWith(FILE_PREFIX)
    ? { kind: 'failed', reason: IN_NO_FILE }
    : { kind: 'refused', reason: 'the destination was removed' };
}

/** Whether it has been said of a message that it is for a server with another file: that one is not to be kept waiting. */
function isForOthers({ error, createdAt }: OutboxItem, now: number): boolean {
  return error === IN_NO_FILE && now - createdAt < GIVE_UP_MILLIS;
}

/** Whether a message is to be sent now; also one that nobody has tried, or that waits longer than any does, since the clock was set back. */
function isDue({ attempts, nextAt }: OutboxItem, now: number): boolean {
  return attempts === 0 || nextAt <= now || nextAt > now + MOST_MILLIS + APART_MILLIS;
}

/** Whether a message may be on its way. */
function isHeld({ attempts, nextAt }: OutboxItem, now: number): boolean {
  return attempts > 0 && nextAt > now && nextAt <= now + HELD_MILLIS;
}

const TOO_MANY: DeliveryResult = {
  kind: 'refused',
  reason: `more than ${MAX_WAITING} messages wait for its destination`,
};

/** What waits too long for a destination that takes nothing, the oldest first. */
function surplusOf(outbox: readonly Kept<OutboxItem>[]): readonly Kept<OutboxItem>[] {
  const newer = new Map<string, number>();
  const isOver = ({ value: { destination } }: Kept<OutboxItem>): boolean => {
    const count = (newer.get(destination) ?? 0) + 1;
    newer.set(destination, count);
    return count > MAX_WAITING;
  };
  return outbox.toReversed().filter(isOver).toReversed();
}

/** A message waits for those before it that are about the same, and for the same receiver. */
function firstOfEach(outbox: readonly Kept<OutboxItem>[]): readonly Kept<OutboxItem>[] {
  const seen = new Set<string>();
  return outbox.filter(({ value: { destination, payload } }) => {
    const key = JSON.stringify([destination, payload.data.rule?.id, payload.data.subject]);
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
}
