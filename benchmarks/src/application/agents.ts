import type * as Instrumentation from '../../../packages/instrumentation/dist/esm/index.js';
import type { Attachment } from './attachment.ts';
import type { Agent, Framework } from './names.ts';
import { otlpProcessor, startOpenTelemetry, startSdk } from './open-telemetry.ts';
import { startOther } from './other-agents.ts';

const SECRET_KEY = 'benchmark-key-of-thirty-two-bytes';

/** How an agent wants its process to be started. */
export interface StartOfAgent {
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const REGISTER = new URL('../../../packages/instrumentation/dist/esm/register.js', import.meta.url);
/** New Relic's agent sends by TLS only, and the sink's certificate is its own. */
const ANY_CERTIFICATE = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
/** NodeSDK would look for a Collector for what is not measured. */
const ONLY_SPANS = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

/** What comes before the code of a process with `agent`, which sends to `port`. */
export function startOf(agent: Agent, port: number): StartOfAgent {
  if (agent === 'newrelic') return { env: ANY_CERTIFICATE };
  if (agent !== 'stand-alone') return { env: ONLY_SPANS };
  return {
    execArgv: ['--import', REGISTER.href],
    env: {
      CERBERUS_CAPTURE: 'light',
      CERBERUS_WS_URL: wsUrl(port),
      CERBERUS_TOKEN: 'sk-benchmark',
      CERBERUS_CLIENT_ID: 'benchmark',
      CERBERUS_SECRET_KEY: SECRET_KEY,
      CERBERUS_TRUST_PROXY: 'loopback',
    },
  };
}

/**
 * Starts an agent; to be called before the framework is loaded. Everything goes to `port` of 127.0.0.1. Nothing is loaded that the agent
 * does not need.
 */
export async function startAgent(agent: Agent, framework: Framework, port: number): Promise<Attachment> {
  const base = `http://127.0.0.1:${port}`;
  switch (agent) {
    case 'bare':
      return {};
    case 'otel':
      startOpenTelemetry(framework, (configuration) => configuration);
      return {};
    case 'otlp': {
      const processor = otlpProcessor(base);
      startOpenTelemetry(framework, (configuration) => ({ ...configuration, spanProcessors: [processor] }));
      return { flush: () => processor.forceFlush() };
    }
    case 'cerberus': {
      const { withCerberus, flush } = await instrumentation();
      // In place of what does nothing, as OTLP below: nobody else sees the spans.
      startOpenTelemetry(framework, (configuration) =>
        withCerberus({ ...configuration, spanProcessors: [] }, cerberusOptions(port)),
      );
      return { flush };
    }
    case 'light': {
      const { HttpServerInstrumentation, withCerberus, flush } = await instrumentation();
      const configuration = { instrumentations: [new HttpServerInstrumentation()], spanProcessors: [] };
      startSdk(withCerberus(configuration, cerberusOptions(port)));
      return { flush };
    }
    case 'stand-alone': {
      const { flush } = await instrumentation();
      return { flush };
    }
    default:
      return startOther(agent, base);
  }
}

/** Only when it is needed: its memory is not to be counted for other agents. */
function instrumentation(): Promise<typeof Instrumentation> {
  return import('../../../packages/instrumentation/dist/esm/index.js');
}

function cerberusOptions(port: number): Parameters<typeof Instrumentation.withCerberus>[1] {
  return {
    wsUrl: wsUrl(port),
    token: 'sk-benchmark',
    clientId: 'benchmark',
    secretKey: SECRET_KEY,
    trustProxy: ['loopback'],
  };
}

function wsUrl(port: number): string {
  return `ws://127.0.0.1:${port}/ws/events`;
}
