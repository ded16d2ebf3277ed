import { joinTogether, type Clock } from '@cerberus-otel/exporter-ws/internal';
import type { RequestRecord } from '../capture/request-record.ts';
import type { SdkSpan, SpanExporterLike } from '../sdk/sdk-types.ts';
import { DirectOutlet } from './direct-outlet.ts';
import type { HandOverParts, Outlet } from './outlet.ts';
import { TogetherOutlet } from './together-outlet.ts';
import { MAX_WAITING, WaitingRoom } from './waiting-room.ts';

/** How long a flush waits for a key that is being fetched, before events go without an address. */
const FLUSH_KEY_WAIT_MILLIS = 1000;

/** Gives finished requests to the exporter or, while the key is being fetched, keeps them until it is there. */
export class HandOver {
  readonly #exporter: SpanExporterLike;
  readonly #parts: HandOverParts;
  readonly #clock: Clock;
  readonly #outlet: Outlet;
  readonly #room = new WaitingRoom<() => void>((go) => go());

  constructor(exporter: SpanExporterLike, clock: Clock, parts: HandOverParts) {
    this.#exporter = exporter;
    this.#parts = parts;
    this.#clock = clock;
    const intake = joinTogether(exporter, { handOver: () => this.#outlet.send() });
    this.#outlet =
      intake === undefined ? new DirectOutlet(exporter, parts) : new TogetherOutlet(intake, parts);
  }

  /** Requests that the exporter accepted. */
  get accepted(): number {
    return this.#outlet.accepted;
  }

  /** Requests that the exporter did not accept. */
  get refused(): number {
    return this.#outlet.refused;
  }

  /** Requests that wait for the key, or for others. */
  get waiting(): number {
    return this.#room.size + this.#outlet.waiting;
  }

  /** Requests that may wait at a time. */
  get capacity(): number {
    return MAX_WAITING + this.#outlet.capacity;
  }

  /** Whether who sent a request is written later, together with others, and not on its span as it ends. */
  get identifiesLater(): boolean {
    return this.#outlet.identifies && this.#parts.keys.current !== undefined;
  }

  /** Never throws. */
  offer(span: SdkSpan, record: RequestRecord): void {
    if (record.lacksKey && this.#parts.keys.acquiring && !this.#room.isFull)
      this.#room.admit(this.#outlet.postponed(span, record));
    else this.#outlet.add(span, record);
  }

  /** The key is there, or not worth waiting for any longer. */
  release(): void {
    if (this.#room.size > 0) this.now();
  }

  /** Hands over what waits, giving a fetch that is under way one more second. */
  async settle(): Promise<void> {
    if (this.#room.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.holdFor(FLUSH_KEY_WAIT_MILLIS, resolve);
        void this.#parts.keys.attempt().then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    this.now();
  }

  /** The process is about to end. @param isLast no time is left to wait for the key either */
  leave(isLast: boolean): void {
    if (isLast) this.#room.settle();
    this.#outlet.send();
  }

  /** Hands over all that waits, whatever it waits for. */
  now(): void {
    this.leave(true);
  }

  /** @throws what the exporter's own `forceFlush` rejects with */
  async flush(): Promise<void> {
    await this.settle();
    await this.#exporter.forceFlush?.();
  }

  /** @throws what the exporter's own `shutdown` rejects with */
  async shutdown(): Promise<void> {
    await this.#exporter.shutdown();
  }
}
