// What the instrumentation patches, or shares state with, has to stay outside of the bundle.
const config = {
  serverExternalPackages: ['@cerberus-otel/instrumentation', '@opentelemetry/api'],
};

export default config;
