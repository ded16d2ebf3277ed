import { requirePeer } from '../harness/peers.ts';
import type { Attachment, Middleware } from './attachment.ts';
import type { Agent } from './names.ts';

/** Starts an agent of another maker, in the configuration that its documents show; it sends to `base`. */
export function startOther(agent: Agent, base: string): Attachment {
  switch (agent) {
    case 'sentry':
      return sentry(base);
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
      return elastic(base);
    case 'newrelic':
      return newRelic(base);
    case 'apitally':
      return apitally(base);
    case 'prom-client':
      return promClient();
    default:
      return moesif(base);
  }
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

interface Sentry {
  init(options: object): void;
  flush(limitMillis: number): Promise<boolean>;
}

const FLUSH_LIMIT_MILLIS = 5000;

function sentry(base: string): Attachment {
  const agent = requirePeer<Sentry>('application', '@sentry/node');
  agent.init({ dsn: `http://key@127.0.0.1:${new URL(base).port}/1`, tracesSampleRate: 1 });
  return { flush: async () => void (await agent.flush(FLUSH_LIMIT_MILLIS)) };
}

interface Elastic {
  start(options: object): void;
  flush(done: () => void): void;
}

function elastic(base: string): Attachment {
  const agent = requirePeer<Elastic>('application', 'elastic-apm-node');
  agent.start({
    serverUrl: base,
    serviceName: 'benchmark',
    centralConfig: false,
    cloudProvider: 'none',
    logLevel: 'off',
  });
  return { flush: () => new Promise((resolve) => agent.flush(resolve)) };
}

const CONNECT_LIMIT_MILLIS = 20_000;
const CONNECT_POLL_MILLIS = 50;

function newRelic(base: string): Attachment {
  Object.assign(process.env, {
    NEW_RELIC_APP_NAME: 'benchmark',
    NEW_RELIC_LICENSE_KEY: '0'.repeat(40),
    NEW_RELIC_HOST: '127.0.0.1',
    NEW_RELIC_PORT: new URL(base).port,
    NEW_RELIC_LOG_ENABLED: 'false',
    NEW_RELIC_UTILIZATION_DETECT_AWS: 'false',
    NEW_RELIC_UTILIZATION_DETECT_AZURE: 'false',
    NEW_RELIC_UTILIZATION_DETECT_GCP: 'false',
  });
  const { agent } = requirePeer<{ readonly agent: { canCollectData(): boolean } }>('application', 'newrelic');
  return {
    ready: async () => {
      const deadline = Date.now() + CONNECT_LIMIT_MILLIS;
      while (!agent.canCollectData()) {
        if (Date.now() > deadline) throw new Error('it traces nothing before it has reached its service');
        await new Promise((resolve) => void setTimeout(resolve, CONNECT_POLL_MILLIS));
      }
    },
  };
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
