// Set-up 3 of the README: the exporter alone, as the traceExporter of a NodeSDK.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { instrumentations, metricReader } from './common.mjs';

const exporter = new CerberusWsExporter({
  wsUrl: process.env.APP_WS_URL,
  token: process.env.APP_TOKEN,
  clientId: 'e2e',
});
const sdk = new NodeSDK({ instrumentations, metricReaders: [metricReader], traceExporter: exporter });
sdk.start();

/** What Cerberus made, for whoever wants to look at it. */
export const made = { exporter };

export async function shutdown() {
  await sdk.shutdown();
  await exporter.shutdown();
}
