import { SpanKind, type Attributes, type Context, type Link } from '@opentelemetry/api';
import {
  CERBERUS_ATTRIBUTE,
  CerberusConfigError,
  oneOf,
  processEnvironment,
  reading,
  readOptions,
} from '@cerberus-otel/exporter-ws/internal';
import { SAMPLING_DECISION, type SamplerLike, type SamplingResultLike } from '../sdk/sdk-types.ts';

/** Which unsampled spans are recorded: SERVER spans, or INTERNAL ones too. */
export type Recorded = 'server' | 'request';

/** Options of `CerberusSampler`; each can also be set in the environment (`CERBERUS_RECORD`). */
export interface CerberusSamplerOptions {
  /**
   * `server`: SERVER spans are recorded. `request`: INTERNAL ones too, so that `span.setAttribute` in a handler
   * counts in unsampled requests as well, at the cost of recording those spans; `setMetric` does not need it.
   * Default: `server`.
   */
  record?: Recorded | undefined;
}

/** How `record` is read, here and as an option of `withCerberus`. */
export const RECORD_OPTION: ReturnType<typeof oneOf<readonly ['server', 'request']>> = oneOf(
  ['server', 'request'],
  'server',
);

/**
 * Records every SERVER span without sampling it: each request is seen by span processors, while exporters behind
 * the SDK's own processors still get only what `delegate` samples, and propagated flags stay as they were. So a
 * client that sends `traceparent: …-00` cannot hide its requests. Spans that exist only because of it carry
 * `cerberus.recorded_only`, for processors that do not look at the sampled flag.
 */
export class CerberusSampler implements SamplerLike {
  readonly #delegate: SamplerLike;
  readonly #recordsInternal: boolean;

  /**
   * @param delegate decides what is sampled
   * @throws CerberusConfigError when `delegate` is no sampler, `record` no known word, or for an option that there is not
   */
  constructor(delegate: SamplerLike, options: CerberusSamplerOptions = {}) {
    const isSampler = reading(
      'sampler',
      () => typeof (delegate as SamplerLike | undefined)?.shouldSample === 'function',
    );
    if (!isSampler) {
      throw new CerberusConfigError(
        'OPTION_INVALID',
        'sampler',
        '`sampler` must have a `shouldSample` method',
      );
    }
    this.#delegate = delegate;
    const { record } = readOptions({ record: RECORD_OPTION }, options, processEnvironment());
    this.#recordsInternal = record === 'request';
  }

  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResultLike {
    const result = this.#delegate.shouldSample(context, traceId, spanName, spanKind, attributes, links);
    if (result.decision !== SAMPLING_DECISION.notRecord || !this.#records(spanKind)) return result;
    const marked = { ...result.attributes, [CERBERUS_ATTRIBUTE.recordedOnly]: true };
    return { ...result, decision: SAMPLING_DECISION.record, attributes: marked };
  }

  toString(): string {
    return `CerberusSampler{${this.#delegate.toString()}}`;
  }

  #records(spanKind: SpanKind): boolean {
    return spanKind === SpanKind.SERVER || (this.#recordsInternal && spanKind === SpanKind.INTERNAL);
  }
}
