/**
 * What `@cerberus-otel/instrumentation` shares with this package. Not for applications: no part of it is covered
 * by semantic versioning.
 */
export { apiGlobal } from './observe/api-global.ts';
export { CERBERUS_ATTRIBUTE, METRIC_PREFIX } from './event/attributes.ts';
export { equalJitter, fullJitter, type BackoffLimits } from './transport/backoff.ts';
export { systemClock, type Clock, type Timer } from './clock.ts';
export { checkCertificate, EXPORTER_OPTION_NAMES, resolveConfig } from './config/config.ts';
export { pem, pemFile } from './config/file-options.ts';
export { chooseProxy, proxyOption, type ProxyServer } from './config/proxy.ts';
export { CertificateStore } from './transport/certificates.ts';
export { KEY_HINTS } from './transport/hints.ts';
export { ProxyError, throughProxy } from './transport/tunnel.ts';
export { CerberusConfigError, type CerberusConfigErrorCode } from './config/config-error.ts';
export { endpointUrl, isLoopbackHost } from './config/endpoint-url.ts';
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
  listOf,
  missing,
  oneOf,
  positiveInteger,
  reading,
  readOptions,
  refuseUnknown,
  text,
  textList,
  wordList,
  type Environment,
  type OptionKind,
  type OptionTable,
  type Resolved,
} from './config/option-reader.ts';
export { announce, hearAnnouncements, type Announcement } from './observe/announcement.ts';
export { processEnvironment } from './config/process-environment.ts';
export { createReporter, type Reporter, type WarningCode } from './observe/reporter.ts';
export { atProcessEnd, hurryAll, leaveAll, partsToEnd, type EndOfProcess } from './process-end.ts';
export { requestPath } from './event/request-path.ts';
export { rpcEndpoint } from './event/rpc-span.ts';
export { observe, type Reading, type SelfMetric } from './observe/self-telemetry.ts';
export { meterProviderOption } from './config/meter-provider-option.ts';
export { EXPORT_FAILED, EXPORT_SUCCESS, type ExportOutcome, type FinishedSpan } from './event/span.ts';
export {
  joinTogether,
  type Claim,
  type HeldRequest,
  type RequestHolder,
  type TogetherIntake,
} from './event/together.ts';
export { VERSION } from './observe/version.ts';
export { isTracingSuppressed, suppressTracing, withoutTracing } from './transport/suppressed-context.ts';
