import type { Context } from '@opentelemetry/api';
import {
  announce,
  atProcessEnd,
  processEnvironment,
  CERBERUS_ATTRIBUTE,
  createReporter,
  observe,
  systemClock,
  type Clock,
} from '@cerberus-otel/exporter-ws/internal';
import { findRecord } from './capture/active-request.ts';
import type { ArrivedRequest } from './capture/arrived-request.ts';
import { isRequest, pathOf } from './capture/http-attributes.ts';
import { REQUEST, RequestRecord, type RequestSpan } from './capture/request-record.ts';
import { RequestRegistry } from './capture/request-registry.ts';
import { isLocalRoot, recordOfFurther } from './capture/request-root.ts';
import { readProcessorOptions, type CerberusSpanProcessorOptions, type ProcessorSeams } from './config.ts';
import { ForwardingHint } from './enrich/forwarding-hint.ts';
import { Identity } from './enrich/identity.ts';
import { guarded, type PathFilter } from './enrich/ignore-paths.ts';
import { redact } from './enrich/redaction.ts';
import { HandOver } from './hand-over/hand-over.ts';
import { LateRoutes } from './hand-over/late-routes.ts';
import { secretKeySource, type SecretKeySource } from './key/secret-key-source.ts';
import { deliveryOf } from './observe/delivery.ts';
import { Doctor } from './observe/doctor.ts';
import { HookFailures } from './observe/hook-failures.ts';
import { processorMetrics } from './observe/processor-metrics.ts';
import type { CerberusSpanProcessorStats } from './observe/processor-stats.ts';
import { patchFrameworks } from './routes/patching.ts';
import { COUNTS, isRelieved } from './sdk/provider-in-place.ts';
import type { SdkSpan, SpanProcessorLike } from './sdk/sdk-types.ts';

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
  readonly #lateRoutes: LateRoutes;
  readonly #handOver: HandOver | undefined;
  readonly #hint: ForwardingHint | undefined;
  readonly #stopObserving: () => void;
  readonly #unpatch: () => void;
  readonly #stopWaitingForEnd: () => void;
  readonly #failures: HookFailures;
  readonly #doctor: Doctor;
  readonly #registry = new RequestRegistry((target) => this.#doctor.requestArrived(target));
  #seen = 0;
  #ignored = 0;
  #unfollowed = 0;
  #closed = false;
  #shutdown: Promise<void> | undefined;

  /** @throws CerberusConfigError for options that cannot work */
  constructor(options: CerberusSpanProcessorOptions = {}, seams: ProcessorSeams = {}) {
    announce('processor', options);
    const config = readProcessorOptions(options, seams.env ?? processEnvironment());
    if (config.exporter !== undefined) Object.defineProperty(this, COUNTS, { value: true });
    const reporter = seams.reporter ?? createReporter('@cerberus-otel/instrumentation');
    this.#clock = seams.clock ?? systemClock;
    this.#redacts = config.redactSpans;
    this.#failures = new HookFailures(reporter);
    this.#isIgnored = guarded(config.ignorePaths, (error) => this.#failures.add('ignorePaths', error));
    this.#lateRoutes = new LateRoutes(this.#clock, (span, record) => this.#pass(span, record));
    this.#identity = new Identity(config);
    this.#keys = secretKeySource(config, {
      clock: this.#clock,
      reporter,
      onAcquired: () => this.#handOver?.release(),
    });
    this.#handOver =
      config.exporter &&
      new HandOver(config.exporter, this.#clock, {
        identity: this.#identity,
        keys: this.#keys,
        failures: this.#failures,
        isAlone: seams.isAlone ?? (() => false),
      });
    this.#hint = config.trustProxy === undefined ? new ForwardingHint(reporter) : undefined;
    this.#doctor = new Doctor({
      clock: this.#clock,
      reporter,
      // It reports no failure of `ignorePaths`: the hook that decides does.
      isIgnored: guarded(config.ignorePaths, () => undefined),
      delivery: () => deliveryOf(config.exporter),
      isRelieved: () => isRelieved(this),
    });
    this.#stopObserving = observe({
      provider: config.selfObsMeterProvider,
      componentType: 'cerberus_span_processor',
      metrics: processorMetrics(() => this.stats(), this.#handOver?.capacity),
      reporter,
    });
    this.#registry.open();
    this.#unpatch = patchFrameworks(config.patchRoutes);
    this.#stopWaitingForEnd = atProcessEnd({
      handOver: (isLast) => this.#handOverNow(isLast),
      flush: () => this.forceFlush(),
      shutdown: () => this.shutdown(),
    });
  }

  onStart(span: SdkSpan, parentContext: Context): void {
    if (this.#closed) return;
    try {
      if (isLocalRoot(span)) this.#serve(span, parentContext);
      else this.#follow(span, findRecord(parentContext), parentContext);
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
    this.#lateRoutes.settle();
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
      waitingForKey: (this.#handOver?.waiting ?? 0) + this.#lateRoutes.waiting,
      unfollowedChildren: this.#unfollowed,
      hookFailures: this.#failures.count,
    };
  }

  /** A SERVER span without a parent in this process: of a request that arrived, or one more of a request that has one. */
  #serve(span: Root, parentContext: Context): void {
    const arrived = this.#registry.take(span.attributes);
    const record = arrived ? undefined : recordOfFurther(span, parentContext, this.#registry.current);
    if (record === undefined) return this.#begin(span, arrived);
    this.#doctor.spansMade(record.makersWith(span));
    return this.#follow(span, record, parentContext);
  }

  #begin(span: Root, arrived: ArrivedRequest | undefined): void {
    if (arrived !== undefined) this.#doctor.spanStarted(arrived.path);
    const record = (span[REQUEST] ??= new RequestRecord(span, this, arrived));
    record.join();
    this.#registry.began(record);
    this.#keys.start();
  }

  #follow(span: Root, record: RequestRecord | undefined, parentContext: Context): void {
    if (record?.isOwnedBy(this) === true && record.addChild(span, parentContext)) span[REQUEST] = record;
  }

  #enrich(span: Root, record: RequestRecord): void {
    const { attributes } = span;
    const { path } = record;
    if (!isRequest(attributes)) return;
    if (this.#isIgnored(path ?? pathOf(attributes))) {
      record.ignoredBy = this;
      // Without an exporter of its own it cannot hold the span back from the one behind it.
      if (this.#handOver === undefined) attributes[CERBERUS_ATTRIBUTE.ignored] = true;
      return;
    }
    this.#unfollowed += record.close();
    attributes[CERBERUS_ATTRIBUTE.outcome] = record.outcome();
    if (path !== undefined) attributes[CERBERUS_ATTRIBUTE.endpoint] = path;
    record.isIdentified = this.#handOver?.identifiesLater !== true;
    if (record.isIdentified)
      record.lacksKey = !this.#identity.write(attributes, record.sender, this.#keys.current);
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

  #end(span: Root, record: RequestRecord): void {
    try {
      this.#finish(span, record);
    } finally {
      this.#registry.forget(record);
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
    if (!this.#lateRoutes.hold(span, record)) this.#pass(span, record);
  }

  #pass(span: Root, record: RequestRecord): void {
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
    this.#unpatch();
    this.#lateRoutes.settle();
    try {
      await this.#handOver?.settle();
      this.#keys.stop();
      await this.#handOver?.shutdown();
    } catch (error) {
      this.#failures.add('shutdown', error);
    }
    this.#doctor.conclude();
    this.#stopObserving();
    this.#stopWaitingForEnd();
    // Node emits warnings in the next tick, which comes too late when whoever waits for this ends the process at once.
    await new Promise<void>((resolve) => this.#clock.afterInput(resolve));
  }

  #handOverNow(isLast: boolean): void {
    try {
      this.#lateRoutes.settle();
      this.#handOver?.leave(isLast);
    } catch (error) {
      this.#failures.add('exit', error);
    }
  }
}
