import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

export const instrumentations = [new HttpInstrumentation(), new ExpressInstrumentation()];

const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
export const metricReader = new PeriodicExportingMetricReader({
  exporter: memory,
  exportIntervalMillis: 60_000,
});

/** How many requests instrumentation-http itself counted: a witness that is independent of spans. */
export async function requestsByOtel() {
  await metricReader.forceFlush();
  const { scopeMetrics = [] } = memory.getMetrics().at(-1) ?? {};
  const points = scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === 'http.server.request.duration')
    .flatMap(({ dataPoints }) => dataPoints);
  return points.reduce((sum, { value }) => sum + value.count, 0);
}
