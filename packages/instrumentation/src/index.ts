export type { CerberusSpanProcessorStats } from './observe/processor-stats.ts';
export { CerberusConfigError, type CerberusConfigErrorCode } from '@cerberus-otel/exporter-ws';
export { CerberusSpanProcessor } from './cerberus-span-processor.ts';
export type { ForwardedHeader } from './enrich/client-address.ts';
export type { CerberusSpanProcessorOptions, ProcessorSeams } from './config.ts';
export type { ConsumerDetails } from './enrich/consumer.ts';
export type { MetricValue } from './enrich/custom-metrics.ts';
export { extractCerberusMetrics, type WithoutCerberusMetrics } from './capture/extract-metrics.ts';
export { HttpServerInstrumentation } from './http-server/http-server-instrumentation.ts';
export type {
  HeadersToSpanAttributes,
  HttpServerHooks,
  HttpServerInstrumentationConfig,
  IncomingRequestLike,
  ServerResponseLike,
} from './http-server/options.ts';
export type { PathPattern } from './enrich/ignore-paths.ts';
export { setConsumer, setMetric, setMetrics, setUserId } from './capture/metric-helpers.ts';
export type {
  SamplerLike,
  SamplingResultLike,
  SdkSpan,
  SpanExporterLike,
  SpanProcessorLike,
} from './sdk/sdk-types.ts';
export { flush, shutdown } from './setup/leaving.ts';
export { CerberusSampler, type CerberusSamplerOptions } from './setup/cerberus-sampler.ts';
export { startCerberus, type RunningCerberus } from './setup/start-cerberus.ts';
export {
  withCerberus,
  type CerberusOptions,
  type NodeSdkConfigurationLike,
  type WithCerberus,
} from './setup/with-cerberus.ts';
