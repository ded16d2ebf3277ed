// Set-up 2 of the README: an enriching processor in front of a BatchSpanProcessor on a NodeTracerProvider.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor } from '@cerberus-otel/instrumentation';
import { metrics } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { instrumentations, metricReader } from './common.mjs';

const exporter = new CerberusWsExporter({
  wsUrl: process.env.APP_WS_URL,
  token: process.env.APP_TOKEN,
  clientId: 'e2e',
});
const processor = new CerberusSpanProcessor({
  backendUrl: process.env.APP_BACKEND_URL,
  token: process.env.APP_TOKEN,
});
const provider = new NodeTracerProvider({
  spanProcessors: [processor, new BatchSpanProcessor(exporter, { scheduledDelayMillis: 100 })],
});
provider.register();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [metricReader] }));
registerInstrumentations({ instrumentations });

/** What Cerberus made, for whoever wants to look at it. */
export const made = { exporter, processor };

export async function shutdown() {
  await provider.shutdown();
  await exporter.shutdown();
}
