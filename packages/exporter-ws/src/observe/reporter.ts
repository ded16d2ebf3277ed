import { diag, type DiagLogger } from '@opentelemetry/api';
import { saysNo, saysYes } from '../config/option-reader.ts';
import { isLeaving } from '../process-end.ts';
import { apiGlobal } from './api-global.ts';

/** Conditions that keep data away; each is reported once per reporter as a process warning with this code. */
export type WarningCode =
  | 'CERBERUS_CONFIG_INVALID'
  | 'CERBERUS_CREDENTIALS_REFUSED'
  | 'CERBERUS_DOCTOR'
  | 'CERBERUS_FORWARDED_HEADERS'
  | 'CERBERUS_HOOK_FAILED'
  | 'CERBERUS_INSECURE_TRANSPORT'
  | 'CERBERUS_NEVER_ACKNOWLEDGED'
  | 'CERBERUS_NO_KEY'
  | 'CERBERUS_NO_PROCESSOR'
  | 'CERBERUS_OTHER_SDK'
  | 'CERBERUS_POISON_EVENT'
  | 'CERBERUS_QUEUE_FULL'
  | 'CERBERUS_RUNTIME'
  | 'CERBERUS_SECRET_KEY_SHORT'
  | 'CERBERUS_SPOOL_DAMAGED'
  | 'CERBERUS_SPOOL_FAILED'
  | 'CERBERUS_SUSPENDED'
  | 'CERBERUS_TWO_HTTP_INSTRUMENTATIONS';

/** Where a component says what it does: OpenTelemetry's `diag`, and for what keeps data away also Node's warnings. */
export interface Reporter {
  /** A change of state. */
  info(message: string): void;
  /** A change of state that somebody may want to act on. */
  warn(message: string): void;
  /** `CERBERUS_DEBUG` is on: a line per event is wanted. */
  readonly debugging: boolean;
  /** One line per event, only with `CERBERUS_DEBUG`. */
  debug(message: string): void;
  /** A condition that keeps data away: `diag` as an error each time, a process warning once. */
  condition(code: WarningCode, message: string): void;
}

function hasDiagLogger(): boolean {
  const api = apiGlobal();
  return api !== undefined && 'diag' in api && api.diag !== undefined;
}

/** Shows no control character, line breaks included: nothing foreign can forge a line. */
function oneLine(message: string): string {
  // oxlint-disable-next-line no-control-regex
  return message.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
}

/** Node emits a warning in the next tick, which a process that exits does not have. */
function emitWarning(code: WarningCode, message: string): void {
  const type = 'CerberusWarning';
  if (isLeaving()) process.emit('warning', Object.assign(new Error(message), { name: type, code }));
  else process.emitWarning(message, { type, code });
}

/**
 * Makes the reporter of one component.
 *
 * NodeSDK sets no `diag` logger by default, so a condition would be seen by nobody: then, and only then, it goes
 * to `process.emitWarning`, once per code, unless `CERBERUS_WARNINGS=false|0|no`. `CERBERUS_DEBUG=true|1|yes` is a
 * request to see something, so without a logger its lines go to stderr.
 */
export function createReporter(
  namespace: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Reporter {
  const logger: DiagLogger = diag.createComponentLogger({ namespace });
  const warned = new Set<WarningCode>();
  const debugging = saysYes(env['CERBERUS_DEBUG']);
  const warnings = !saysNo(env['CERBERUS_WARNINGS']);

  function line(level: 'info' | 'warn' | 'error', message: string): void {
    const text = oneLine(message);
    try {
      if (debugging && !hasDiagLogger()) process.stderr.write(`${namespace} ${level}: ${text}\n`);
      else logger[level](text);
    } catch {
      // The application's logger. We report from timers and sockets, where what it throws would end the process.
    }
  }

  return {
    info: (message) => line('info', message),
    warn: (message) => line('warn', message),
    debugging,
    debug(message) {
      if (debugging) line('info', message);
    },
    condition(code, message) {
      line('error', message);
      if (warned.has(code)) return;
      warned.add(code);
      if (warnings && !hasDiagLogger()) emitWarning(code, oneLine(message));
    },
  };
}
