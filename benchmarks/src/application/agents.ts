import { withCerberus } from '../../../packages/instrumentation/dist/esm/index.js';
import { requirePeer } from '../harness/peers.ts';
import type { Agent, Framework } from './names.ts';

/** A middleware of `node:http`'s shape, as Express takes it. */
export type Middleware = (request: object, response: ResponseLike, next: () => void) => void;

interface ResponseLike {
  readonly statusCode: number;
  on(event: 'finish', listener: () => void): void;
}

/** What an agent needs of an application: most need nothing but to be loaded first. */
export interface Attachment {
  readonly middleware?: Middleware;
  /** For agents that are told of an Express application. */
  readonly attach?: (app: object) => void;
}

type Class = new (options?: object) => object;

const NOOP_PROCESSOR = {
  onStart() {},
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** Starts an agent; to be called before the framework is loaded. Everything goes to `port` of 127.0.0.1. */
export function startAgent(agent: Agent, framework: Framework, port: number): Attachment {
  const base = `http://127.0.0.1:${port}`;
  switch (agent) {
    case 'bare':
      return {};
    case 'otel':
      return startOpenTelemetry(framework, (configuration) => configuration);
    case 'otlp':
      return startOpenTelemetry(framework, (configuration) => ({
        ...configuration,
        spanProcessors: [otlpProcessor(base)],
      }));
    case 'cerberus':
      return startOpenTelemetry(framework, (configuration) =>
        withCerberus(configuration, cerberusOptions(port)),
      );
    case 'prom-client':
      return promClient();
    default:
      return startOther(agent, base);
  }
}

function cerberusOptions(port: number): Parameters<typeof withCerberus>[1] {
  return {
    wsUrl: `ws://127.0.0.1:${port}/ws/events`,
    token: 'sk-benchmark',
    clientId: 'benchmark',
    secretKey: 'benchmark-key-of-thirty-two-bytes',
  };
}

/** NodeSDK with a processor that does nothing, unless `change` puts something in its place or beside it. */
export function startOpenTelemetry(
  framework: Framework,
  change: (configuration: object) => object,
): Attachment {
  const { NodeSDK } = requirePeer<{ NodeSDK: Class }>('application', '@opentelemetry/sdk-node');
  const { HttpInstrumentation } = requirePeer<{ HttpInstrumentation: Class }>(
    'application',
    '@opentelemetry/instrumentation-http',
  );
  const configuration = {
    autoDetectResources: false,
    instrumentations: [new HttpInstrumentation(), ...frameworkInstrumentation(framework)],
    spanProcessors: [NOOP_PROCESSOR],
  };
  (new NodeSDK(change(configuration)) as { start(): void }).start();
  return {};
}

function frameworkInstrumentation(framework: Framework): object[] {
  if (framework === 'node:http') return [];
  if (framework === 'Express') {
    const { ExpressInstrumentation } = requirePeer<{ ExpressInstrumentation: Class }>(
      'application',
      '@opentelemetry/instrumentation-express',
    );
    return [new ExpressInstrumentation()];
  }
  const { FastifyOtelInstrumentation } = requirePeer<{ FastifyOtelInstrumentation: Class }>(
    'application',
    '@fastify/otel',
  );
  return [new FastifyOtelInstrumentation({ registerOnInitialization: true })];
}

function otlpProcessor(base: string): object {
  const { OTLPTraceExporter } = requirePeer<{ OTLPTraceExporter: Class }>(
    'application',
    '@opentelemetry/exporter-trace-otlp-proto',
  );
  const { tracing } = requirePeer<{
    tracing: { BatchSpanProcessor: new (exporter: object) => object };
  }>('application', '@opentelemetry/sdk-node');
  return new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: `${base}/v1/traces` }));
}

interface Prometheus {
  readonly Histogram: new (options: object) => { startTimer(): (labels: object) => void };
}

function promClient(): Attachment {
  const { Histogram } = requirePeer<Prometheus>('application', 'prom-client');
  const histogram = new Histogram({ name: 'http_request_seconds', help: 'Duration', labelNames: ['status'] });
  return {
    middleware(_request, response, next) {
      const end = histogram.startTimer();
      response.on('finish', () => end({ status: response.statusCode }));
      next();
    },
  };
}

function startOther(agent: Agent, base: string): Attachment {
  const { port } = new URL(base);
  switch (agent) {
    case 'sentry': {
      const sentry = requirePeer<{
        init(options: object): void;
        setupExpressErrorHandler(app: object): void;
      }>('application', '@sentry/node');
      sentry.init({ dsn: `http://key@127.0.0.1:${port}/1`, tracesSampleRate: 1 });
      return {};
    }
    case 'dd-trace':
      requirePeer<{ init(options: object): void }>('application', 'dd-trace').init({
        url: base,
        startupLogs: false,
        service: 'benchmark',
        telemetry: { enabled: false },
        remoteConfig: { enabled: false },
      });
      return {};
    case 'elastic-apm-node':
      requirePeer<{ start(options: object): void }>('application', 'elastic-apm-node').start({
        serverUrl: base,
        serviceName: 'benchmark',
        centralConfig: false,
        cloudProvider: 'none',
        logLevel: 'off',
      });
      return {};
    case 'apitally':
      return apitally(base);
    default:
      return moesif(base);
  }
}

function apitally(base: string): Attachment {
  process.env['APITALLY_HUB_BASE_URL'] = base;
  return {
    attach: (app) => {
      requirePeer<{ useApitally(app: object, options: object): void }>(
        'application',
        'apitally/express',
      ).useApitally(app, { clientId: '00000000-0000-4000-8000-000000000000', env: 'benchmark' });
    },
  };
}

/** It refuses ids of fewer than 50 characters, and looks no further. */
function moesif(base: string): Attachment {
  const create = requirePeer<(options: object) => Middleware>('application', 'moesif-nodejs');
  return { middleware: create({ applicationId: 'x'.repeat(64), baseUri: base, logBody: false }) };
}
