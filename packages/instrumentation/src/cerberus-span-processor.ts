import { SpanKind, type Context } from '@opentelemetry/api';
import {
  CERBERUS_ATTRIBUTE,
  createReporter,
  EXPORT_SUCCESS,
  observe,
  systemClock,
  withoutTracing,
  type Clock,
  type Environment,
  type ExportOutcome,
  type Reporter,
} from '@cerberus-otel/exporter-ws/internal';
import { findRecord } from './active-request.ts';
import { readProcessorOptions, type CerberusSpanProcessorOptions } from './config.ts';
import { ForwardingHint } from './forwarding-hint.ts';
import { HookFailures } from './hook-failures.ts';
import { methodOf, pathOf } from './http-attributes.ts';
import { Identity } from './identity.ts';
import type { PathFilter } from './ignore-paths.ts';
import { processorMetrics } from './processor-metrics.ts';
import { REQUEST, RequestRecord, type RequestSpan } from './request-record.ts';
import { RequestRegistry } from './request-registry.ts';
import type { SdkSpan, SpanExporterLike, SpanProcessorLike } from './sdk-types.ts';
import { secretKeySource, type SecretKeySource } from './secret-key-source.ts';
import { WaitingRoom } from './waiting-room.ts';

/** What a processor did, in requests. `seen = ignored + handedOver + refused + waitingForKey` with an exporter. */
export interface CerberusSpanProcessorStats {
  /** Finished HTTP SERVER spans that are the root of their process, ignored ones included. */
  readonly seen: number;
  /** Left out by `ignorePaths`. */
  readonly ignored: number;
  /** Accepted by the exporter. */
  readonly handedOver: number;
  /** Not accepted by the exporter: its queue is full, or it is shut down. */
  readonly refused: number;
  /** Wait for the secret key at this moment. */
  readonly waitingForKey: number;
  /** Child spans whose metrics were not followed, because more than 1,000 of one request were open. */
  readonly unfollowedChildren: number;
  /** Errors inside hooks. None of them reached the application. */
  readonly hookFailures: number;
}

/** What tests replace: time, chance, the environment and where messages go. */
export interface ProcessorSeams {
  readonly env?: Environment;
  readonly clock?: Clock;
  readonly reporter?: Reporter;
}

type Root = SdkSpan & RequestSpan;

/** How long a flush waits for a key that is being fetched, before events go without an address. */
const FLUSH_KEY_WAIT_MILLIS = 1000;

/**
 * Turns each HTTP request into one enriched SERVER span: pseudonymous address and user, outcome, raw path, and
 * the metrics that the application set anywhere in the request. With an `exporter` it hands each one over as it
 * ends, sampled or not; without, it enriches for the exporters behind other processors.
 *
 * Its hooks never throw, and do next to nothing for spans that are not the root of a request.
 */
export class CerberusSpanProcessor implements SpanProcessorLike {
  readonly #exporter: SpanExporterLike | undefined;
  readonly #isIgnored: PathFilter;
  readonly #identity: Identity;
  readonly #keys: SecretKeySource;
  readonly #clock: Clock;
  readonly #hint: ForwardingHint | undefined;
  readonly #stopObserving: () => void;
  readonly #failures: HookFailures;
  readonly #registry = new RequestRegistry();
  readonly #waiting = new WaitingRoom<Root>((span) => this.#release(span));
  #seen = 0;
  #ignored = 0;
  #handedOver = 0;
  #refused = 0;
  #unfollowed = 0;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  /** @throws CerberusConfigError for options that cannot work */
  constructor(options: CerberusSpanProcessorOptions = {}, seams: ProcessorSeams = {}) {
    const config = readProcessorOptions(options, seams.env ?? process.env);
    const reporter = seams.reporter ?? createReporter('@cerberus-otel/instrumentation');
    this.#clock = seams.clock ?? systemClock;
    this.#exporter = config.exporter;
    this.#isIgnored = config.ignorePaths;
    this.#failures = new HookFailures(reporter);
    this.#identity = new Identity(config);
    this.#keys = secretKeySource(config, {
      clock: this.#clock,
      reporter,
      onAcquired: () => this.#waiting.settle(),
    });
    this.#hint = config.trustProxy === undefined ? new ForwardingHint(reporter) : undefined;
    this.#stopObserving = observe({
      provider: config.selfObsMeterProvider,
      componentType: 'cerberus_span_processor',
      metrics: processorMetrics(() => this.stats(), config.exporter !== undefined),
      reporter,
    });
    this.#registry.open();
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    if (this.#closed) return;
    try {
      if (isLocalRoot(span)) this.#begin(span);
      else this.#follow(span, parentContext);
    } catch (error) {
      this.#failures.add('onStart', error);
    }
  }

  onEnding(span: SdkSpan): void {
    if (this.#closed) return;
    try {
      const record = (span as Root)[REQUEST];
      if (record?.isRoot(span) === true) this.#enrich(span, record);
    } catch (error) {
      this.#failures.add('onEnding', error);
    }
  }

  onEnd(span: SdkSpan): void {
    if (this.#closed) return;
    try {
      const record = (span as Root)[REQUEST];
      if (record === undefined) return;
      if (record.isRoot(span)) this.#finish(span, record);
      else if (record.isOwnedBy(this)) record.childEnded();
    } catch (error) {
      this.#failures.add('onEnd', error);
    }
  }

  /**
   * Hands over what waits for the key, giving a fetch that is under way one more second, then flushes the
   * exporter.
   *
   * @throws what the exporter's own `forceFlush` rejects with
   */
  async forceFlush(): Promise<void> {
    await this.#settle();
    await this.#exporter?.forceFlush?.();
  }

  /** As `forceFlush`, then shuts the exporter down. Never rejects; further calls give the same promise. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  stats(): CerberusSpanProcessorStats {
    return {
      seen: this.#seen,
      ignored: this.#ignored,
      handedOver: this.#handedOver,
      refused: this.#refused,
      waitingForKey: this.#waiting.size,
      unfollowedChildren: this.#unfollowed,
      hookFailures: this.#failures.count,
    };
  }

  #begin(span: Root): void {
    const arrived = this.#registry.take(span.attributes);
    span[REQUEST] ??= new RequestRecord(span, this, arrived);
    this.#keys.start();
  }

  #follow(span: Root, parentContext: Context): void {
    const record = findRecord(parentContext);
    if (record?.isOwnedBy(this) === true && record.addChild(span)) span[REQUEST] = record;
  }

  #enrich(span: Root, record: RequestRecord): void {
    const { attributes } = span;
    const { path } = record;
    if (methodOf(attributes) === undefined) return;
    if (this.#matchesIgnored(path ?? pathOf(attributes))) {
      record.ignoredBy = this;
      // Without an exporter of its own it cannot hold the span back from the one behind it.
      if (this.#exporter === undefined) attributes[CERBERUS_ATTRIBUTE.ignored] = true;
      return;
    }
    this.#unfollowed += record.close();
    attributes[CERBERUS_ATTRIBUTE.outcome] = record.outcome();
    if (path !== undefined) attributes[CERBERUS_ATTRIBUTE.endpoint] = path;
    record.lacksKey = !this.#identity.write(attributes, record, this.#keys.current);
    record.enrichedBy = this;
  }

  #matchesIgnored(path: string): boolean {
    try {
      return this.#isIgnored(path);
    } catch (error) {
      this.#failures.add('ignorePaths', error);
      return false;
    }
  }

  #finish(span: Root, record: RequestRecord): void {
    if (methodOf(span.attributes) === undefined) return;
    this.#seen += 1;
    if (record.enrichedBy !== this && record.ignoredBy !== this) this.#enrichLate(span, record);
    if (record.ignoredBy === this) {
      this.#ignored += 1;
      return;
    }
    this.#hint?.observe(record.origin);
    if (this.#exporter === undefined) return;
    if (record.lacksKey && this.#keys.acquiring && this.#waiting.admit(span)) return;
    this.#handOver(span, this.#exporter);
  }

  /** On an SDK without `onEnding`, and where another processor with another key wrote last. */
  #enrichLate(span: Root, record: RequestRecord): void {
    try {
      this.#enrich(span, record);
    } catch (error) {
      this.#failures.add('onEnd', error);
    }
  }

  #release(span: Root): void {
    try {
      const record = span[REQUEST];
      if (record !== undefined) this.#identity.write(span.attributes, record, this.#keys.current);
    } catch (error) {
      this.#failures.add('release', error);
    }
    if (this.#exporter !== undefined) this.#handOver(span, this.#exporter);
  }

  #handOver(span: SdkSpan, exporter: SpanExporterLike): void {
    try {
      withoutTracing(() => exporter.export([span], this.#onExported));
    } catch (error) {
      this.#refused += 1;
      this.#failures.add('export', error);
    }
  }

  readonly #onExported = (result: ExportOutcome): void => {
    if (result.code === EXPORT_SUCCESS) this.#handedOver += 1;
    else this.#refused += 1;
  };

  async #settle(): Promise<void> {
    if (this.#waiting.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = this.#clock.holdFor(FLUSH_KEY_WAIT_MILLIS, resolve);
        void this.#keys.attempt().then(() => {
          timer.cancel();
          resolve();
        });
      });
    }
    this.#waiting.settle();
  }

  async #close(): Promise<void> {
    // Node calls back `server.close()` before the last hung-up responses emit the `close` that ends their spans.
    await new Promise<void>((resolve) => this.#clock.afterInput(resolve));
    this.#closed = true;
    this.#registry.close();
    try {
      await this.#settle();
      this.#keys.stop();
      await this.#exporter?.shutdown();
    } catch (error) {
      this.#failures.add('shutdown', error);
    }
    this.#stopObserving();
  }
}

/** The SERVER span that stands for the request: its parent is in another process, or there is none. */
function isLocalRoot(span: SdkSpan): boolean {
  if (span.kind !== SpanKind.SERVER) return false;
  return span.parentSpanContext === undefined || span.parentSpanContext.isRemote === true;
}
