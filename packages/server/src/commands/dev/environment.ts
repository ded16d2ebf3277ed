import type { Environment } from '../../config.ts';

/** Where an application sends to. */
export interface DevTarget {
  readonly wsUrl: string;
  readonly url: string;
  readonly token: string;
  readonly clientId: string;
  /** File URL of the set-up; undefined for an application that sets itself up. */
  readonly register: string | undefined;
  /** Where the application writes what keeps data away, a line each. */
  readonly findings: string;
}

/** Settings that would send elsewhere, hash with another key, send nothing, or send what another process has left for its own backend. */
const OVERRIDDEN = new Set([
  'CERBERUS_DISABLED',
  'CERBERUS_SECRET_KEY',
  'CERBERUS_SPOOL_DIR',
  'CERBERUS_TLS_CA',
  'OTEL_SDK_DISABLED',
]);

/** The environment in which an application sends to a server: the reader's own, and what that needs. */
export function devEnvironment(env: Environment, target: DevTarget): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !OVERRIDDEN.has(name));
  const given = env['NODE_OPTIONS'] ?? '';
  const { register } = target;
  return {
    ...Object.fromEntries(kept),
    ...(register !== undefined && { NODE_OPTIONS: `${given} --import=${register}`.trim() }),
    CERBERUS_WS_URL: target.wsUrl,
    CERBERUS_BACKEND_URL: target.url,
    CERBERUS_TOKEN: target.token,
    CERBERUS_CLIENT_ID: target.clientId,
    CERBERUS_DEV_FINDINGS: target.findings,
  };
}
