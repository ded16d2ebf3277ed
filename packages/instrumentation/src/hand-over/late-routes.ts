import type { Clock, Timer } from '@cerberus-otel/exporter-ws/internal';
import type { RequestRecord } from '../capture/request-record.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { MAX_WAITING } from './waiting-room.ts';

/** A nested SERVER span ends within the turn or a few milliseconds after the response; one that never ends must not cost events. */
const LIMIT_MILLIS = 500;

/** Lets a request go on; must not throw. */
type Release = (span: SdkSpan, record: RequestRecord) => void;

/** Holds finished requests until the route is known, where a nested span says it after the response, as Next.js does. */
export class LateRoutes {
  readonly #clock: Clock;
  readonly #release: Release;
  readonly #held = new Map<RequestRecord, { readonly span: SdkSpan; readonly limit: Timer }>();

  constructor(clock: Clock, release: Release) {
    this.#clock = clock;
    this.#release = release;
  }

  get waiting(): number {
    return this.#held.size;
  }

  /** @returns false when there is nothing to wait for, or too many wait: the request is to go on at once */
  hold(span: SdkSpan, record: RequestRecord): boolean {
    if (this.#held.size >= MAX_WAITING || !record.awaitRoute(() => this.#letGo(record))) return false;
    record.join();
    this.#held.set(record, { span, limit: this.#clock.after(LIMIT_MILLIS, () => record.stopWaiting()) });
    return true;
  }

  /** Waits no longer. */
  settle(): void {
    for (const record of this.#held.keys()) record.stopWaiting();
  }

  #letGo(record: RequestRecord): void {
    const held = this.#held.get(record);
    if (held === undefined) return;
    this.#held.delete(record);
    held.limit.cancel();
    this.#release(held.span, record);
    record.leave();
  }
}
