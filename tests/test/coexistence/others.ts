import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REPOSITORY } from '../matrix/examples/stage.js';
import type { Sink } from '../support/sink.js';
import { type Fingerprint, found, otlp, recorded, transactions } from './fingerprints.js';

/** The applications that somebody else traces. */
export const apps: string = fileURLToPath(new URL('../../apps/beside/', import.meta.url));
/** Below the dependencies of SDK 3, with copies of our packages. */
export const sdk3: string = join(REPOSITORY, 'tests/sdk-3/run/beside/');

/** Somebody else who traces. */
export interface Other {
  readonly name: string;
  /** Whose version is named in the document. */
  readonly packageName: string;
  /** Where it runs, with its dependencies. */
  readonly folder?: string;
  readonly preload: string;
  /** `app.cjs` where the other one does not instrument ES modules by itself; the hook of `register` would help it to more. */
  readonly app?: string;
  readonly env?: (sink: Sink) => Record<string, string>;
  readonly sent: Fingerprint;
  /** As it is set up here, it has nothing to send. */
  readonly sendsNothing?: boolean;
  /** How requests are to be counted when the other one is loaded first, and second. */
  readonly ways: readonly [before: Way, after: Way];
}

/** `alone`: nothing is said, because the two do not meet. */
export type Way = 'joined' | 'apart' | 'alone';

/** Has it send OTLP in JSON, of every request. */
export const otlpTo = (sink: Sink): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_BSP_SCHEDULE_DELAY: '50',
});

/** Texts are in it as they are. */
const protobufTo = (sink: Sink): Record<string, string> => ({
  ...otlpTo(sink),
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
});

const sentryTo = (sink: Sink): Record<string, string> => ({
  SENTRY_DSN: `http://public@127.0.0.1:${sink.port}/1`,
});

/** What applications set up in code. */
export const NODE_SDK: Other = {
  name: 'a NodeSDK of the application',
  packageName: '@opentelemetry/sdk-node',
  preload: './node-sdk.mjs',
  sent: recorded,
  ways: ['joined', 'joined'],
};

const SPLUNK: Other = {
  name: 'Splunk',
  packageName: '@splunk/otel',
  preload: '@splunk/otel/instrument.js',
  app: 'app.cjs',
  env: protobufTo,
  sent: found(/(?:GET|POST) \/[\w/:]+|http\.[a-z_.]+/g),
  ways: ['joined', 'joined'],
};

/** Everybody who is tried. */
export const OTHERS: readonly Other[] = [
  NODE_SDK,
  { ...NODE_SDK, name: 'the same, of SDK 3', folder: sdk3 },
  {
    name: '`auto-instrumentations-node/register`',
    packageName: '@opentelemetry/auto-instrumentations-node',
    preload: '@opentelemetry/auto-instrumentations-node/register',
    app: 'app.cjs',
    env: otlpTo,
    sent: otlp,
    ways: ['joined', 'joined'],
  },
  {
    name: 'Elastic (EDOT)',
    packageName: '@elastic/opentelemetry-node',
    preload: '@elastic/opentelemetry-node',
    env: otlpTo,
    sent: otlp,
    ways: ['joined', 'joined'],
  },
  {
    name: 'Azure Monitor',
    packageName: '@azure/monitor-opentelemetry',
    preload: './azure.mjs',
    env: (sink) => ({
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-0000-0000-000000000001;IngestionEndpoint=http://127.0.0.1:${sink.port}`,
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
      // Its own lets five traces a second through.
      OTEL_TRACES_SAMPLER: 'always_on',
    }),
    sent: recorded,
    ways: ['joined', 'joined'],
  },
  SPLUNK,
  {
    ...SPLUNK,
    name: 'Splunk, its HTTP instrumentation by channels',
    env: (sink) => ({
      ...protobufTo(sink),
      OTEL_INSTRUMENTATION_HTTP_ENABLED: 'false',
      OTEL_INSTRUMENTATION_HTTPDC_ENABLED: 'true',
    }),
  },
  {
    name: 'Sentry 10',
    packageName: 'sentry-node-10',
    preload: './sentry.mjs',
    env: sentryTo,
    sent: transactions,
    ways: ['apart', 'apart'],
  },
  {
    name: 'Sentry 10, `tracesSampleRate: 0`',
    packageName: 'sentry-node-10',
    preload: './sentry.mjs',
    env: (sink) => ({ ...sentryTo(sink), TRACES_SAMPLE_RATE: '0' }),
    sent: transactions,
    sendsNothing: true,
    ways: ['apart', 'apart'],
  },
  {
    name: 'Datadog (dd-trace)',
    packageName: 'dd-trace',
    preload: './datadog.mjs',
    env: (sink) => ({
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink.port}`,
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
      DD_TRACE_STARTUP_LOGS: 'false',
    }),
    sent: found(/(?:GET|POST) \/[\w/:]+/g),
    ways: ['alone', 'alone'],
  },
];

/** `startNodeSDK` takes its processors from the file, and none from code. */
export const CONFIGURED: Other = {
  name: '`startNodeSdk(withCerberus(…))` with `OTEL_CONFIG_FILE`',
  packageName: '@opentelemetry/sdk-node',
  preload: './configured.mjs',
  env: (sink) => ({ OTEL_CONFIG_FILE: './otel.yaml', SINK: `http://127.0.0.1:${sink.port}` }),
  sent: otlp,
  ways: ['alone', 'alone'],
};

/** The version of it that is installed. */
export function versionOf({ packageName: name, folder: place = apps }: Other): string {
  const from = createRequire(join(place, 'app.mjs'));
  const [folder] = (from.resolve.paths(name) ?? []).flatMap((path) => {
    try {
      return [createRequire(join(path, name, 'package.json'))('./package.json') as { version: string }];
    } catch {
      return [];
    }
  });
  return folder?.version ?? 'unknown';
}
