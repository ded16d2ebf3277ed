export type { Outcome } from './event/cerberus-event.ts';
export { CerberusWsExporter, type ExporterSeams } from './cerberus-ws-exporter.ts';
export type { Clock, Timer } from './clock.ts';
export type { CerberusWsExporterOptions } from './config/config.ts';
export type { ResourceLike } from './config/service-identity.ts';
export { CerberusConfigError, type CerberusConfigErrorCode } from './config/config-error.ts';
export { CerberusFlushTimeoutError } from './flush-timeout-error.ts';
export type { ExportOutcome, FinishedSpan } from './event/span.ts';
export type { DropReason, ExporterState, ExporterStats, RefusalReason } from './observe/stats.ts';
