import type { Attributes } from '@opentelemetry/api';
import type { Clock, Reporter, Timer } from '@cerberus-otel/exporter-ws/internal';
import { hasRoute, methodOf, statusCodeOf } from '../capture/http-attributes.ts';
import { foreignApi } from '../sdk/foreign-api.ts';
import type { Delivery } from './delivery.ts';
import { diagnose, type Observations } from './diagnosis.ts';
import { loadedFrameworks } from './loaded-frameworks.ts';

const SAMPLE_REQUESTS = 100;
const SAMPLE_MILLIS = 30_000;
/** Sooner, a backend that is well may not have answered yet. */
const MIN_MILLIS = 5_000;

/** What a doctor works with. */
export interface DoctorParts {
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** What the exporter says of itself. */
  readonly delivery: () => Delivery | undefined;
}

/**
 * Looks at the first 100 requests, or those of the first 30 s, and says once what keeps data from arriving, if
 * anything does. Nothing else would: a request without a span reaches no hook.
 */
export class Doctor {
  readonly #parts: DoctorParts;
  #state: 'idle' | 'watching' | 'done' = 'idle';
  #since = 0;
  #timer: Timer | undefined;
  #requests = 0;
  #spans = 0;
  #served = 0;
  #routed = 0;

  constructor(parts: DoctorParts) {
    this.#parts = parts;
  }

  /** Whether it still looks at requests. */
  get watching(): boolean {
    return this.#state !== 'done';
  }

  /** Node announced a request that is to be counted; its span, if it gets one, starts next. */
  requestArrived(): void {
    const { clock } = this.#parts;
    if (this.#state === 'idle') {
      this.#state = 'watching';
      this.#since = clock.now();
      this.#timer = clock.after(SAMPLE_MILLIS, () => this.#examine());
    }
    // The one after the sample, because the span of the last one was not started when it arrived.
    if (this.#state === 'watching' && this.#requests === SAMPLE_REQUESTS) this.#hurry();
    this.#requests += 1;
  }

  spanStarted(): void {
    this.#spans += 1;
  }

  /** A request was answered, as its SERVER span says. A call of gRPC has neither status nor route to miss. */
  requestServed(attributes: Attributes): void {
    if (!this.watching || methodOf(attributes) === undefined) return;
    const statusCode = statusCodeOf(attributes);
    if (statusCode === undefined || statusCode >= 400) return;
    this.#served += 1;
    if (hasRoute(attributes)) this.#routed += 1;
  }

  stop(): void {
    this.#state = 'done';
    this.#timer?.cancel();
  }

  #hurry(): void {
    const { clock } = this.#parts;
    this.#timer?.cancel();
    const left = Math.max(1, this.#since + MIN_MILLIS - clock.now());
    this.#timer = clock.after(left, () => this.#examine());
  }

  #examine(): void {
    const { reporter, delivery } = this.#parts;
    this.stop();
    try {
      const seen: Observations = {
        requests: this.#requests,
        spans: this.#spans,
        served: this.#served,
        routed: this.#routed,
        frameworks: loadedFrameworks(),
        foreignApi: foreignApi(),
        delivery: delivery(),
      };
      const findings = diagnose(seen);
      if (findings.length > 0) reporter.condition('CERBERUS_DOCTOR', findings.join('. '));
    } catch {
      // A diagnosis that fails is no reason to trouble the application.
    }
  }
}
