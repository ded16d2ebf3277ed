/**
 * What `@cerberus-otel/instrumentation` shares with this package. Not for applications: no part of it is covered
 * by semantic versioning.
 */
export { apiGlobal } from './api-global.ts';
export { CERBERUS_ATTRIBUTE, METRIC_PREFIX } from './attributes.ts';
export { equalJitter, fullJitter, type BackoffLimits } from './backoff.ts';
export { systemClock, type Clock, type Timer } from './clock.ts';
export { checkCertificate, EXPORTER_OPTION_NAMES, pem } from './config.ts';
export { CerberusConfigError, type CerberusConfigErrorCode } from './config-error.ts';
export { endpointUrl, isLoopbackHost } from './endpoint-url.ts';
export {
  startLoopbackSink,
  type LoopbackSink,
  type SinkHandlers,
  type SinkRequest,
} from './loopback-sink.ts';
export {
  environmentVariable,
  flag,
  given,
  invalid,
  missing,
  oneOf,
  positiveInteger,
  readOptions,
  text,
  textList,
  type Environment,
  type OptionKind,
  type OptionTable,
  type Resolved,
} from './option-reader.ts';
export { createReporter, type Reporter, type WarningCode } from './reporter.ts';
export { requestPath } from './request-path.ts';
export { rpcEndpoint } from './rpc-span.ts';
export { meterProviderOption, observe, type Reading, type SelfMetric } from './self-telemetry.ts';
export { EXPORT_FAILED, EXPORT_SUCCESS, type ExportOutcome, type FinishedSpan } from './span.ts';
export { withoutTracing } from './suppressed-context.ts';
