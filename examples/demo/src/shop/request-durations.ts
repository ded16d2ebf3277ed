import { DataPointType, MetricReader } from '@opentelemetry/sdk-metrics';

/** Reads, when asked, how many requests instrumentation-http has measured. */
export class RequestDurations extends MetricReader {
  async count(): Promise<number> {
    const { resourceMetrics } = await this.collect();
    let count = 0;
    for (const { metrics } of resourceMetrics.scopeMetrics) {
      for (const metric of metrics) {
        if (metric.descriptor.name !== 'http.server.request.duration') continue;
        if (metric.dataPointType !== DataPointType.HISTOGRAM) continue;
        for (const point of metric.dataPoints) count += point.value.count;
      }
    }
    return count;
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
