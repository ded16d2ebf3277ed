import { peerVersion, type PeerSet } from './harness/peers.ts';

const SHOWN: readonly (readonly [PeerSet, string])[] = [
  ['otel', '@opentelemetry/sdk-trace-base'],
  ['otel', '@opentelemetry/exporter-trace-otlp-proto'],
  ['otel', '@opentelemetry/exporter-trace-otlp-http'],
  ['otel', '@opentelemetry/exporter-trace-otlp-grpc'],
  ['otel', '@opentelemetry/exporter-zipkin'],
  ['application', '@opentelemetry/sdk-node'],
  ['application', 'express'],
  ['application', 'fastify'],
  ['application', '@sentry/node'],
  ['application', 'dd-trace'],
  ['application', 'prom-client'],
  ['application', 'elastic-apm-node'],
  ['application', 'newrelic'],
  ['application', 'apitally'],
  ['application', 'moesif-nodejs'],
  ['application', 'autocannon'],
  ['auto-instrumentations', '@opentelemetry/auto-instrumentations-node'],
];

/** Versions of the installed peers. */
export function versions(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [set, name] of SHOWN) {
    try {
      found[name] = peerVersion(set, name);
    } catch {
      // The check installs only what it needs.
    }
  }
  return found;
}
