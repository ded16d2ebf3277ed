import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { RequestDurations } from './request-durations.ts';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

/** A second witness: instrumentation-http's own count of requests. Not needed by Cerberus. */
export const durations: RequestDurations = new RequestDurations();

export const sdk: NodeSDK = new NodeSDK(
  withCerberus(
    {
      instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
      metricReaders: [durations],
    },
    {
      wsUrl: process.env['CERBERUS_WS_URL'] ?? 'ws://127.0.0.1:8765/ws/events',
      backendUrl: process.env['CERBERUS_BACKEND_URL'] ?? 'http://127.0.0.1:8765',
      token: process.env['CERBERUS_TOKEN'] ?? '',
      clientId: process.env['CERBERUS_CLIENT_ID'] ?? 'shop',
      // The traffic comes as through one reverse proxy, which appends the client's address.
      trustProxy: 1,
    },
  ),
);
sdk.start();
