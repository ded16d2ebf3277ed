import {
  EXPORT_SUCCESS,
  withoutTracing,
  type Clock,
  type ExportOutcome,
} from '@cerberus-otel/exporter-ws/internal';
import { REQUEST, type RequestRecord, type RequestSpan } from '../capture/request-record.ts';
import type { Identity } from '../enrich/identity.ts';
import type { SecretKeySource } from '../key/secret-key-source.ts';
import type { HookFailures } from '../observe/hook-failures.ts';
import type { SdkSpan, SpanExporterLike } from '../sdk/sdk-types.ts';
import { WaitingRoom } from './waiting-room.ts';

/** How long a flush waits for a key that is being fetched, before events go without an address. */
const FLUSH_KEY_WAIT_MILLIS = 1000;

/** Most requests that are exported together: few spans are to be kept for it. */
const MAX_TOGETHER = 64;

/** What handing over works with. */
export interface HandOverParts {
  readonly identity: Identity;
  readonly keys: SecretKeySource;
  readonly clock: Clock;
  readonly failures: HookFailures;
}

type Root = SdkSpan & RequestSpan;

/**
 * Gives finished requests to the exporter at once or, while the key is being fetched, when it is there. What ends in the same
 * turn of the event loop goes together, when the turn ends: the exporter's code, run once between two requests, finds
 * no cache that knows it, and takes three times as long (docs/performance.md).
 */
export class HandOver {
  readonly #exporter: SpanExporterLike;
  readonly #parts: HandOverParts;
  readonly #room = new WaitingRoom<Root>((span) => this.#identifyAndCollect(span));
  #ended: SdkSpan[] = [];
  /** A request was handed over in this turn. */
  #hasExported = false;
  #accepted = 0;
  #refused = 0;

  constructor(exporter: SpanExporterLike, parts: HandOverParts) {
    this.#exporter = exporter;
    this.#parts = parts;
  }

  /** Spans that the exporter accepted. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Spans that the exporter did not accept. */
  get refused(): number {
    return this.#refused;
  }

  /** Spans that wait for the key, or for the end of the turn. */
  get waiting(): number {
    return this.#room.size + this.#ended.length;
  }

  /** Never throws. */
  offer(span: Root, record: RequestRecord): void {
    if (record.lacksKey && this.#parts.keys.acquiring && this.#room.admit(span)) record.join();
    else this.#collect(span);
  }

  /** The key is there, or not worth waiting for any longer. */
  release(): void {
    this.#room.settle();
  }

  /** Hands over what waits, giving a fetch that is under way one more second. */
  async settle(): Promise<void> {
    if (this.#room.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#parts.clock.holdFor(FLUSH_KEY_WAIT_MILLIS, resolve);
        void this.#parts.keys.attempt().then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    this.now();
  }

  /** Hands over all that waits, whatever it waits for. */
  now(): void {
    this.#room.settle();
    this.#export();
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

  #identifyAndCollect(span: Root): void {
    const { identity, keys, failures } = this.#parts;
    const record = span[REQUEST];
    try {
      if (record !== undefined) identity.write(span.attributes, record, keys.current);
    } catch (error) {
      failures.add('release', error);
    }
    record?.leave();
    this.#collect(span);
  }

  #collect(span: SdkSpan): void {
    this.#ended.push(span);
    // The first of a turn, for it may be the only one.
    if (!this.#hasExported || this.#ended.length >= MAX_TOGETHER) this.#export();
    if (this.#hasExported) return;
    this.#hasExported = true;
    this.#parts.clock.endOfTurn(this.#onEndOfTurn);
  }

  readonly #onEndOfTurn = (): void => {
    this.#hasExported = false;
    this.#export();
  };

  #export(): void {
    const spans = this.#ended;
    if (spans.length === 0) return;
    this.#ended = [];
    withoutTracing(() => {
      for (const span of spans) this.#exportOne(span);
    });
  }

  /** One in a call: each has an outcome of its own. */
  #exportOne(span: SdkSpan): void {
    try {
      this.#exporter.export([span], this.#onExported);
    } catch (error) {
      this.#refused += 1;
      this.#parts.failures.add('export', error);
    }
  }

  readonly #onExported = (result: ExportOutcome): void => {
    if (result.code === EXPORT_SUCCESS) this.#accepted += 1;
    else this.#refused += 1;
  };
}
