import type { Context } from '@opentelemetry/api';
import {
  atProcessEnd,
  CERBERUS_ATTRIBUTE,
  createReporter,
  observe,
  requestPath,
  systemClock,
  type Clock,
  type Environment,
  type Reporter,
} from '@cerberus-otel/exporter-ws/internal';
import { findRecord } from './capture/active-request.ts';
import { isRequest, pathOf } from './capture/http-attributes.ts';
import { REQUEST, RequestRecord, type RequestSpan } from './capture/request-record.ts';
import { RequestRegistry } from './capture/request-registry.ts';
import { isLocalRoot, isWithinRequest } from './capture/request-root.ts';
import { readProcessorOptions, type CerberusSpanProcessorOptions } from './config.ts';
import { ForwardingHint } from './enrich/forwarding-hint.ts';
import { Identity } from './enrich/identity.ts';
import type { PathFilter } from './enrich/ignore-paths.ts';
import { redact } from './enrich/redaction.ts';
import { HandOver } from './hand-over/hand-over.ts';
import { MAX_WAITING } from './hand-over/waiting-room.ts';
import { secretKeySource, type SecretKeySource } from './key/secret-key-source.ts';
import { deliveryOf } from './observe/delivery.ts';
import { Doctor } from './observe/doctor.ts';
import { HookFailures } from './observe/hook-failures.ts';
import { processorMetrics } from './observe/processor-metrics.ts';
import type { SdkSpan, SpanProcessorLike } from './sdk/sdk-types.ts';

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
  /** Wait for the secret key at this moment, or for the end of the event loop's turn in which they ended. */
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

/**
 * Turns each HTTP request into one enriched SERVER span: pseudonymous address and user, outcome, raw path, and
 * the metrics that the application set anywhere in the request. With an `exporter` it hands each one over as it
 * ends, sampled or not; without, it enriches for the exporters behind other processors.
 *
 * Its hooks never throw, and do next to nothing for spans that are not the root of a request.
 */
export class CerberusSpanProcessor implements SpanProcessorLike {
  readonly #isIgnored: PathFilter;
  readonly #redacts: boolean;
  readonly #identity: Identity;
  readonly #keys: SecretKeySource;
  readonly #clock: Clock;
  readonly #handOver: HandOver | undefined;
  readonly #hint: ForwardingHint | undefined;
  readonly #stopObserving: () => void;
  readonly #stopWaitingForEnd: () => void;
  readonly #failures: HookFailures;
  readonly #doctor: Doctor;
  readonly #registry = new RequestRegistry((target) => this.#arrived(target));
  #seen = 0;
  #ignored = 0;
  #unfollowed = 0;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  /** @throws CerberusConfigError for options that cannot work */
  constructor(options: CerberusSpanProcessorOptions = {}, seams: ProcessorSeams = {}) {
    const config = readProcessorOptions(options, seams.env ?? process.env);
    const reporter = seams.reporter ?? createReporter('@cerberus-otel/instrumentation');
    this.#clock = seams.clock ?? systemClock;
    this.#isIgnored = config.ignorePaths;
    this.#redacts = config.redactSpans;
    this.#failures = new HookFailures(reporter);
    this.#identity = new Identity(config);
    this.#keys = secretKeySource(config, {
      clock: this.#clock,
      reporter,
      onAcquired: () => this.#handOver?.release(),
    });
    this.#handOver =
      config.exporter &&
      new HandOver(config.exporter, {
        identity: this.#identity,
        keys: this.#keys,
        clock: this.#clock,
        failures: this.#failures,
      });
    this.#hint = config.trustProxy === undefined ? new ForwardingHint(reporter) : undefined;
    this.#doctor = new Doctor({ clock: this.#clock, reporter, delivery: () => deliveryOf(config.exporter) });
    this.#stopObserving = observe({
      provider: config.selfObsMeterProvider,
      componentType: 'cerberus_span_processor',
      metrics: processorMetrics(() => this.stats(), config.exporter && MAX_WAITING),
      reporter,
    });
    this.#registry.open();
    this.#stopWaitingForEnd = atProcessEnd({
      handOver: () => this.#handOverNow(),
      flush: () => this.forceFlush(),
      shutdown: () => this.shutdown(),
    });
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    if (this.#closed) return;
    try {
      if (isLocalRoot(span) && !isWithinRequest(parentContext)) this.#begin(span);
      else this.#follow(span, parentContext);
    } catch (error) {
      this.#failures.add('onStart', error);
    }
  }

  onEnding(span: SdkSpan): void {
    if (!this.#closed) {
      try {
        const record = (span as Root)[REQUEST];
        if (record?.isRoot(span) === true) this.#enrich(span, record);
      } catch (error) {
        this.#failures.add('onEnding', error);
      }
    }
    this.#redact(span);
  }

  onEnd(span: SdkSpan): void {
    if (!this.#closed) {
      try {
        const record = (span as Root)[REQUEST];
        if (record?.isRoot(span) === true) this.#end(span, record);
        else if (record?.isOwnedBy(this) === true) record.childEnded();
      } catch (error) {
        this.#failures.add('onEnd', error);
      }
    }
    // Again, for SDKs without `onEnding`, and for what a later processor may have set there.
    this.#redact(span);
  }

  /**
   * Hands over what waits for the key, giving a fetch that is under way one more second, then flushes the
   * exporter.
   *
   * @throws what the exporter's own `forceFlush` rejects with
   */
  async forceFlush(): Promise<void> {
    await this.#handOver?.flush();
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
      handedOver: this.#handOver?.accepted ?? 0,
      refused: this.#handOver?.refused ?? 0,
      waitingForKey: this.#handOver?.waiting ?? 0,
      unfollowedChildren: this.#unfollowed,
      hookFailures: this.#failures.count,
    };
  }

  #arrived(target: string): void {
    if (!this.#doctor.watching) return;
    if (this.#isToBeCounted(requestPath(target))) this.#doctor.requestArrived();
  }

  #begin(span: Root): void {
    const arrived = this.#registry.take(span.attributes);
    if (this.#doctor.watching && arrived !== undefined && this.#isToBeCounted(arrived.path)) {
      this.#doctor.spanStarted();
    }
    const record = (span[REQUEST] ??= new RequestRecord(span, this, arrived));
    record.join();
    this.#keys.start();
  }

  #follow(span: Root, parentContext: Context): void {
    const record = findRecord(parentContext);
    if (record?.isOwnedBy(this) === true && record.addChild(span)) span[REQUEST] = record;
  }

  #enrich(span: Root, record: RequestRecord): void {
    const { attributes } = span;
    const { path } = record;
    if (!isRequest(attributes)) return;
    if (this.#matchesIgnored(path ?? pathOf(attributes))) {
      record.ignoredBy = this;
      // Without an exporter of its own it cannot hold the span back from the one behind it.
      if (this.#handOver === undefined) attributes[CERBERUS_ATTRIBUTE.ignored] = true;
      return;
    }
    this.#unfollowed += record.close();
    attributes[CERBERUS_ATTRIBUTE.outcome] = record.outcome();
    if (path !== undefined) attributes[CERBERUS_ATTRIBUTE.endpoint] = path;
    record.lacksKey = !this.#identity.write(attributes, record, this.#keys.current);
    record.enrichedBy = this;
  }

  /** Also after a shutdown: other exporters may still send what ends now. */
  #redact(span: SdkSpan): void {
    if (!this.#redacts) return;
    try {
      redact(span.kind, span.attributes);
    } catch (error) {
      this.#failures.add('redactSpans', error);
    }
  }

  /** For the doctor, who reports no failure of `ignorePaths`: the hook that decides does. */
  #isToBeCounted(path = ''): boolean {
    try {
      return !this.#isIgnored(path);
    } catch {
      return true;
    }
  }

  #matchesIgnored(path: string): boolean {
    try {
      return this.#isIgnored(path);
    } catch (error) {
      this.#failures.add('ignorePaths', error);
      return false;
    }
  }

  #end(span: Root, record: RequestRecord): void {
    try {
      this.#finish(span, record);
    } finally {
      record.leave();
    }
  }

  #finish(span: Root, record: RequestRecord): void {
    if (!this.#knows(record)) {
      if (!isRequest(span.attributes)) return;
      this.#enrichLate(span, record);
    }
    this.#seen += 1;
    if (record.ignoredBy === this) {
      this.#ignored += 1;
      return;
    }
    this.#hint?.observe(record.origin);
    this.#doctor.requestServed(span.attributes);
    this.#handOver?.offer(span, record);
  }

  /** Whether it has decided about the request, in `onEnding`. */
  #knows(record: RequestRecord): boolean {
    return record.enrichedBy === this || record.ignoredBy === this;
  }

  /** On an SDK without `onEnding`, and where another processor with another key wrote last. */
  #enrichLate(span: Root, record: RequestRecord): void {
    try {
      this.#enrich(span, record);
    } catch (error) {
      this.#failures.add('onEnd', error);
    }
  }

  async #close(): Promise<void> {
    // Node calls back `server.close()` before the last hung-up responses emit the `close` that ends their spans.
    await new Promise<void>((resolve) => this.#clock.afterInput(resolve));
    this.#closed = true;
    this.#registry.close();
    this.#doctor.stop();
    try {
      await this.#handOver?.settle();
      this.#keys.stop();
      await this.#handOver?.shutdown();
    } catch (error) {
      this.#failures.add('shutdown', error);
    }
    this.#stopObserving();
    this.#stopWaitingForEnd();
  }

  #handOverNow(): void {
    try {
      this.#handOver?.now();
    } catch (error) {
      this.#failures.add('exit', error);
    }
  }
}
