import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

class ManualReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A value as a backend would get it. */
export interface Point {
  readonly name: string;
  readonly value: unknown;
  readonly errorType: unknown;
  readonly type: unknown;
  readonly component: unknown;
}

/** The metrics SDK, read when a test wants. */
export class Metrics {
  readonly #reader: ManualReader = new ManualReader();
  readonly provider: MeterProvider = new MeterProvider({ readers: [this.#reader] });

  async points(): Promise<Point[]> {
    const { resourceMetrics, errors } = await this.#reader.collect();
    if (errors.length > 0) throw errors[0];
    return resourceMetrics.scopeMetrics
      .flatMap(({ metrics }) => metrics)
      .flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map(({ value, attributes }) => ({
          name: descriptor.name,
          value,
          errorType: attributes['error.type'],
          type: attributes['otel.component.type'],
          component: attributes['otel.component.name'],
        })),
      );
  }

  /** `name` or `name/error.type` and its value, of the components of one type. */
  async values(type: string): Promise<Record<string, unknown>> {
    const points = (await this.points()).filter((point) => point.type === type);
    return Object.fromEntries(
      points.map(({ name, errorType, value }) => [
        name.replace('otel.sdk.', '') + (errorType === undefined ? '' : `/${String(errorType)}`),
        value,
      ]),
    );
  }
}
