import type { Attributes } from '@opentelemetry/api';
import {
  atProcessEnd,
  requestPath,
  type Clock,
  type Reporter,
  type Timer,
} from '@cerberus-otel/exporter-ws/internal';
import type { PathFilter } from '../enrich/ignore-paths.ts';
import { hasRoute, methodOf, statusCodeOf } from '../capture/http-attributes.ts';
import { foreignApi } from '../sdk/foreign-api.ts';
import { standsAlone } from '../sdk/provider-in-place.ts';
import { isRegistered } from '../sdk/registered.ts';
import type { Delivery } from './delivery.ts';
import { keepForDev } from './dev-findings.ts';
import { diagnose, type Observations } from './diagnosis.ts';
import type { SetUpBy } from './route-advice.ts';
import { routingFramework } from './routing-framework.ts';
import { runtimeLimit } from './runtime-limit.ts';
import { TwoInstrumentations } from './two-instrumentations.ts';

const SAMPLE_REQUESTS = 100;
const SAMPLE_MILLIS = 30_000;
/** Sooner, a backend that is well may not have answered yet. */
const MIN_MILLIS = 5_000;

/** What a doctor works with. */
export interface DoctorParts {
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** Whether requests to a path are left out; must not throw. */
  readonly isIgnored: PathFilter;
  /** What the exporter says of itself. */
  readonly delivery: () => Delivery | undefined;
  /** Whether requests are somebody else's to count, and so to judge; asked when it would speak. */
  readonly isRelieved: () => boolean;
}

/**
 * Looks at the first 100 requests, those of the first 30 s, or all there were when the process ends, and says once what
 * keeps data from arriving, if anything does. Nothing else would: a request without a span reaches no hook.
 */
export class Doctor {
  readonly #parts: DoctorParts;
  readonly #twice: TwoInstrumentations;
  #state: 'idle' | 'watching' | 'done' = 'idle';
  #since = 0;
  #timer: Timer | undefined;
  #forgetEnd: () => void = () => undefined;
  #foreignApi: string | undefined;
  #requests = 0;
  #spans = 0;
  #served = 0;
  #routed = 0;

  constructor(parts: DoctorParts) {
    this.#parts = parts;
    this.#twice = new TwoInstrumentations(parts.reporter);
    const limit = runtimeLimit();
    if (limit !== undefined) parts.reporter.condition('CERBERUS_RUNTIME', limit);
  }

  /** Node announced a request; its span, if it gets one, starts next. */
  requestArrived(target: string): void {
    if (!this.watching || !this.#watches(requestPath(target))) return;
    const { clock } = this.#parts;
    if (this.#state === 'idle') {
      this.#state = 'watching';
      this.#since = clock.now();
      this.#timer = clock.after(SAMPLE_MILLIS, () => this.#examine(false));
      this.#forgetEnd = atProcessEnd({ leave: () => this.conclude() });
      // Now, because an SDK that is shut down may take its context manager along.
      this.#foreignApi = foreignApi();
    }
    // The one after the sample, because the span of the last one was not started when it arrived.
    if (this.#state === 'watching' && this.#requests === SAMPLE_REQUESTS) this.#hurry();
    this.#requests += 1;
  }

  /** @param path of the request, where it is known */
  spanStarted(path: string | undefined): void {
    if (this.#watches(path)) this.#spans += 1;
  }

  /** A request has one more SERVER span; `makers` as `TwoInstrumentations` takes them. */
  spansMade(makers: readonly [string, string] | undefined): void {
    this.#twice.observe(makers);
  }

  /** A request was answered, as its SERVER span says. A call of gRPC has neither status nor route to miss. */
  requestServed(attributes: Attributes): void {
    if (!this.watching || methodOf(attributes) === undefined) return;
    const statusCode = statusCodeOf(attributes);
    if (statusCode === undefined || statusCode >= 400) return;
    this.#served += 1;
    if (hasRoute(attributes)) this.#routed += 1;
  }

  /** No request will come any more: those that came are all there is to judge by. Never throws. */
  conclude(): void {
    if (this.#state === 'watching') this.#examine(true);
    this.#state = 'done';
  }

  /** Whether it still looks at requests. */
  get watching(): boolean {
    return this.#state !== 'done';
  }

  /** Whether it still looks at requests, and at those to this path. */
  #watches(path = ''): boolean {
    return this.watching && !this.#parts.isIgnored(path);
  }

  #hurry(): void {
    const { clock } = this.#parts;
    this.#timer?.cancel();
    const left = Math.max(1, this.#since + MIN_MILLIS - clock.now());
    this.#timer = clock.after(left, () => this.#examine(false));
  }

  #examine(early: boolean): void {
    const { reporter } = this.#parts;
    this.#state = 'done';
    this.#timer?.cancel();
    this.#forgetEnd();
    try {
      if (this.#parts.isRelieved()) return;
      const findings = diagnose(this.#observations(early)).join('. ');
      if (findings === '') return;
      // At the end, a summary of `dev` follows that says the same.
      const isKept = keepForDev(findings);
      if (!(early && isKept)) reporter.condition('CERBERUS_DOCTOR', findings);
    } catch {
      // A diagnosis that fails is no reason to trouble the application.
    }
  }

  /** @param early before the backend had time to answer: only a failure counts */
  #observations(early: boolean): Observations {
    const delivery = this.#parts.delivery();
    const by = setUpBy();
    return {
      requests: this.#requests,
      spans: this.#spans,
      served: this.#served,
      routed: this.#routed,
      framework: this.#served > this.#routed ? routingFramework(by) : undefined,
      setUpBy: by,
      foreignApi: this.#foreignApi,
      delivery: early && delivery?.lastFailure === null ? undefined : delivery,
    };
  }
}

function setUpBy(): SetUpBy {
  if (standsAlone()) return 'nobody';
  return isRegistered() ? 'register' : 'code';
}
