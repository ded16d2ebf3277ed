// startCerberus: no SDK, and no instrumentation.
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { startCerberus } from '@cerberus-otel/instrumentation';
import { instrumentations, metricReader } from './common.mjs';

for (const instrumentation of instrumentations) instrumentation.disable();
const provider = new MeterProvider({ readers: [metricReader] });

const running = startCerberus({
  wsUrl: process.env.APP_WS_URL,
  token: process.env.APP_TOKEN,
  clientId: 'e2e',
  backendUrl: process.env.APP_BACKEND_URL,
});

/** What Cerberus made, for whoever wants to look at it. */
export const made = { running };

export async function shutdown() {
  await running.shutdown();
  await provider.shutdown();
}
