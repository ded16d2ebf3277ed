/**
 * The few things that `@cerberus-otel/instrumentation` needs before it knows whether it has anything to do: loads next to nothing. Not
 * for applications, as `internal.ts`.
 */
// Its timers are kept as they are now: the rest is loaded with the first server, in a test perhaps under timers that are not Node's.
export { systemClock } from './clock.ts';
export { isHeard } from './observe/announcement.ts';
export { withoutAuthority } from './event/request-path.ts';
export { apiGlobal } from './observe/api-global.ts';
export { listOf, saysYes, type Environment } from './config/option-reader.ts';
export { processEnvironment } from './config/process-environment.ts';
