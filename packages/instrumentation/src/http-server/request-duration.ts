import {
  createNoopMeter,
  ValueType,
  type Attributes,
  type AttributeValue,
  type Context,
  type Histogram,
  type MeterProvider,
} from '@opentelemetry/api';

/** Attributes of spans that are those of the metric too. */
const ATTRIBUTES = ['http.request.method', 'url.scheme', 'network.protocol.version'];

/** Seconds, as the semantic conventions advise. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** What there is where nobody wants metrics. */
const UNHEARD = createNoopMeter().createHistogram('unheard');

/** Of one request. */
export interface Measured {
  readonly attributes: Attributes;
  /** As `performance.now()` has it, milliseconds. */
  readonly startedAt: number;
}

/** The histogram `http.server.request.duration` (semantic conventions for HTTP metrics, 1.44). Costs nothing where nobody wants metrics. */
export class RequestDuration {
  readonly #histogram: Histogram | undefined;

  constructor(provider: MeterProvider, name: string, version: string) {
    const histogram = provider.getMeter(name, version).createHistogram('http.server.request.duration', {
      description: 'Duration of HTTP server requests.',
      unit: 's',
      valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: BOUNDARIES },
    });
    this.#histogram = histogram === UNHEARD ? undefined : histogram;
  }

  /** @param given - what its span says at its start */
  begin(given: Attributes): Measured | undefined {
    if (this.#histogram === undefined) return undefined;
    const attributes: Attributes = {};
    for (const name of ATTRIBUTES) add(attributes, name, given[name]);
    return { attributes, startedAt: performance.now() };
  }

  end(measured: Measured | undefined, within: Context): void {
    if (measured === undefined) return;
    const seconds = (performance.now() - measured.startedAt) / 1000;
    this.#histogram?.record(seconds, measured.attributes, within);
  }
}

function add(attributes: Attributes, name: string, value: AttributeValue | undefined): void {
  if (value !== undefined) attributes[name] = value;
}
