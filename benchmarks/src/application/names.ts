import type { SinkKind } from '../sinks/kinds.ts';

export type Framework = 'node:http' | 'Express' | 'Fastify';

export const FRAMEWORKS: readonly Framework[] = ['node:http', 'Express', 'Fastify'];

export type Agent =
  | 'bare'
  | 'otel'
  | 'otlp'
  | 'cerberus'
  | 'light'
  | 'stand-alone'
  | 'prom-client'
  | 'sentry'
  | 'dd-trace'
  | 'elastic-apm-node'
  | 'newrelic'
  | 'apitally'
  | 'moesif';

/** Where each agent sends to; those without a sink send nothing. */
export const AGENT_SINKS: Readonly<Record<Agent, SinkKind | undefined>> = {
  bare: undefined,
  otel: undefined,
  otlp: 'otlp-proto',
  cerberus: 'cerberus-batch',
  light: 'cerberus-batch',
  'stand-alone': 'cerberus-batch',
  'prom-client': undefined,
  sentry: 'any',
  'dd-trace': 'any',
  'elastic-apm-node': 'any',
  newrelic: 'new-relic',
  apitally: 'any',
  moesif: 'any',
};

export const AGENT_TITLES: Readonly<Record<Agent, string>> = {
  bare: 'bare',
  otel: 'OpenTelemetry without exporter',
  otlp: 'OpenTelemetry + OTLP http/protobuf',
  cerberus: 'OpenTelemetry + Cerberus',
  light: 'OpenTelemetry, `HttpServerInstrumentation` + Cerberus',
  'stand-alone': 'Cerberus without an SDK',
  'prom-client': 'prom-client, a histogram of the duration',
  sentry: 'Sentry, every request traced',
  'dd-trace': 'dd-trace',
  'elastic-apm-node': 'elastic-apm-node',
  newrelic: 'New Relic',
  apitally: 'Apitally',
  moesif: 'Moesif',
};

/** What every framework is measured with; the other agents come with Express alone. */
export const CORE_AGENTS: readonly Agent[] = ['bare', 'otel', 'otlp', 'cerberus'];
export const OTHER_AGENTS: readonly Agent[] = [
  'prom-client',
  'sentry',
  'dd-trace',
  'elastic-apm-node',
  'apitally',
  'moesif',
];
