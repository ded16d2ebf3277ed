import { SECOND_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { AlertCounts } from '../observe/alert-counts.ts';
import { failureReason } from '../store/failure-reason.ts';
import { FILE_PREFIX } from './alert-file.ts';
import type { AlertBook, KnownDestination } from './book.ts';
import { GIVE_UP_MILLIS, retryMillis } from './delivery/backoff.ts';
import type { DeliveryResult } from './delivery/result.ts';
import type { Send } from './delivery/send.ts';
import type { Desk, Kept, OutboxItem } from './desk.ts';

/** So long a message is this server's. If it has not said by then what became of it, it has died, and another one sends it. */
export const HELD_MILLIS: number = 60 * SECOND_MILLIS;

/** Messages that are sent at once. */
const AT_ONCE = 8;

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
 * one destination, messages are sent in their order.
 */
export class Outbox {
  readonly #context: OutboxContext;
  #isFailing = false;

  constructor(context: OutboxContext) {
    this.#context = context;
  }

  /** Sends what is due. Never rejects. */
  async run(): Promise<void> {
    const { desk, book, counts, log, now } = this.#context;
    try {
      const { outbox } = await desk.read('outbox');
      counts.waiting = outbox.length;
      const due = firstOfEach(outbox).filter(({ value }) => value.nextAt <= now());
      if (due.length > 0) await this.#sendAll(due, await book.destinations());
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log('warn', `alerts: messages cannot be sent: ${failureReason(error)}`);
      this.#isFailing = true;
    }
  }

  async #sendAll(due: readonly Kept<OutboxItem>[], destinations: readonly KnownDestination[]): Promise<void> {
    const rest = [...due];
    const worker = async (): Promise<void> => {
      for (let item = rest.shift(); item !== undefined; item = rest.shift()) {
        if (this.#context.stop.aborted) return;
        await this.#sendOne(item, destinations);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  async #sendOne(kept: Kept<OutboxItem>, destinations: readonly KnownDestination[]): Promise<void> {
    const { desk, send, counts, now } = this.#context;
    const { id, version, value } = kept;
    const held = { ...value, attempts: value.attempts + 1, nextAt: now() + HELD_MILLIS };
    if (!(await desk.change([{ kind: 'outbox', id, version, value: held }]))) return;
    const known = destinations.find((each) => each.id === value.destination);
    const result =
      known?.destination === undefined
        ? unsent(value.destination, known !== undefined)
        : await send(known.destination, { id, payload: value.payload }, this.#context.stop);
    if (result.kind !== 'delivered' && this.#context.stop.aborted) return;
    counts.attempts[result.kind] += 1;
    await this.#settle({ id, version: version + 1, value: held }, result);
  }

  async #settle({ id, version, value }: Kept<OutboxItem>, result: DeliveryResult): Promise<void> {
    const { desk, log, now } = this.#context;
    const error = result.kind === 'delivered' ? undefined : result.reason;
    if (result.kind === 'failed' && now() - value.createdAt < GIVE_UP_MILLIS) {
      const nextAt = now() + retryMillis(value.attempts, Math.random());
      await desk.change([{ kind: 'outbox', id, version, value: { ...value, nextAt, error } }]);
      return;
    }
    if (error !== undefined) log('error', `alerts: a message was given up: ${error}`);
    const { entry, destination, destinationName, attempts } = value;
    const isDelivered = error === undefined;
    const sent = { entry, destination, destinationName, attempts, isDelivered, at: now(), error };
    await desk.change([
      { kind: 'outbox', id, version, value: undefined },
      { kind: 'sent', id, version: 0, value: sent },
    ]);
  }
}

/** Another server may have another file, or the token with which it was sealed. */
function unsent(id: string, isThere: boolean): DeliveryResult {
  if (isThere) return { kind: 'failed', reason: 'the destination cannot be read' };
  return id.startsWith(FILE_PREFIX)
    ? { kind: 'failed', reason: 'the destination is in no file here' }
    : { kind: 'refused', reason: 'the destination was removed' };
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
