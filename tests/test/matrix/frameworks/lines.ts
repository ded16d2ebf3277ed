/** A generation of OpenTelemetry: versions that belong together. */
export interface Line {
  /** As docs/frameworks.md names it. */
  readonly title: string;
  /** The oldest Node.js that it supports. */
  readonly node: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** By the name that a run is given. Examples have the versions of `sdk-2.12` in their own package.json. */
export const LINES: Readonly<Record<string, Line>> = {
  'sdk-2.3': {
    title: 'SDK 2.3 (the oldest supported), instrumentation-http 0.209',
    node: 18,
    versions: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/instrumentation': '0.209.0',
      '@opentelemetry/instrumentation-express': '0.57.1',
      '@opentelemetry/instrumentation-graphql': '0.56.0',
      '@opentelemetry/instrumentation-grpc': '0.209.0',
      '@opentelemetry/instrumentation-hapi': '0.55.1',
      '@opentelemetry/instrumentation-http': '0.209.0',
      '@opentelemetry/instrumentation-koa': '0.57.1',
      '@opentelemetry/sdk-node': '0.209.0',
    },
  },
  'sdk-2.9': {
    title: 'SDK 2.9, instrumentation-http 0.220 (the last with the old attribute names)',
    node: 18,
    versions: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/instrumentation': '0.220.0',
      '@opentelemetry/instrumentation-express': '0.68.0',
      '@opentelemetry/instrumentation-graphql': '0.68.0',
      '@opentelemetry/instrumentation-grpc': '0.220.0',
      '@opentelemetry/instrumentation-hapi': '0.66.0',
      '@opentelemetry/instrumentation-http': '0.220.0',
      '@opentelemetry/instrumentation-koa': '0.68.0',
      '@opentelemetry/sdk-node': '0.220.0',
    },
  },
  'sdk-2.12': {
    title: 'SDK 2.12, instrumentation-http 0.223',
    node: 18,
    versions: {},
  },
  'sdk-3': {
    title: 'SDK 3.1, instrumentation-http 0.301',
    node: 22,
    versions: {
      '@opentelemetry/api': '1.10.0',
      '@opentelemetry/instrumentation': '0.301.0',
      '@opentelemetry/instrumentation-express': '0.72.0',
      '@opentelemetry/instrumentation-graphql': '0.72.0',
      '@opentelemetry/instrumentation-grpc': '0.300.0',
      '@opentelemetry/instrumentation-hapi': '0.70.0',
      '@opentelemetry/instrumentation-http': '0.301.0',
      '@opentelemetry/instrumentation-koa': '0.72.0',
      '@opentelemetry/sdk-node': '0.301.0',
    },
  },
};
