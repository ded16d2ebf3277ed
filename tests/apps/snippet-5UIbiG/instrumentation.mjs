import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import * as Sentry from 'sentry-node-10';
import { SentryPropagator, SentrySampler, SentrySpanProcessor } from '@sentry/opentelemetry';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const client = Sentry.init({
  tracesSampleRate: 0,
  skipOpenTelemetrySetup: true,
  integrations: [Sentry.httpIntegration({ spans: false })],
});

new NodeSDK(
  withCerberus({
    instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
    sampler: new SentrySampler(client),
    spanProcessors: [new SentrySpanProcessor()],
    contextManager: new Sentry.SentryContextManager(),
    textMapPropagator: new SentryPropagator(),
  }),
).start();
