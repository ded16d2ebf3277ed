export { CerberusConfigError, type CerberusConfigErrorCode } from '@cerberus-otel/exporter-ws';
export {
  CerberusSpanProcessor,
  type CerberusSpanProcessorStats,
  type ProcessorSeams,
} from './cerberus-span-processor.ts';
export type { ForwardedHeader } from './client-address.ts';
export type { CerberusSpanProcessorOptions } from './config.ts';
export type { MetricValue } from './custom-metrics.ts';
export { extractCerberusMetrics, type WithoutCerberusMetrics } from './extract-metrics.ts';
export type { PathPattern } from './ignore-paths.ts';
export { setMetric, setMetrics, setUserId } from './metric-helpers.ts';
export type {
  SamplerLike,
  SamplingResultLike,
  SdkSpan,
  SpanExporterLike,
  SpanProcessorLike,
} from './sdk-types.ts';
export { CerberusSampler, type CerberusSamplerOptions } from './cerberus-sampler.ts';
export {
  withCerberus,
  type CerberusOptions,
  type NodeSdkConfigurationLike,
  type WithCerberus,
} from './with-cerberus.ts';
