import { register } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import type { Environment } from '@cerberus-otel/exporter-ws/internal';
import { otelFlag } from '../sdk/otel-environment.ts';
import { flushAtTheEnd } from './ending.ts';
import { exportsAskedFor, withoutUnaskedExports } from './exports.ts';
import { findPackages, installCommand, type FoundPackages } from './packages.ts';

/** Both copies of this package, and every second `--import` or `--require` of it, see the same flag. */
const REGISTERED = Symbol.for('@cerberus-otel/register.v1');

/** Programs that only start others inherit `NODE_OPTIONS` too; they are left alone. */
const PACKAGE_MANAGERS = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack']);

/** Sets up once per process, in its main thread. Never throws; what keeps it from working is one process warning. */
export function registerOnce(): void {
  const shared = globalThis as Record<symbol, unknown>;
  if (shared[REGISTERED] === true || !isMainThread) return;
  shared[REGISTERED] = true;
  const env = process.env;
  try {
    if (isWanted(env)) setUp(env);
  } catch (error) {
    // The message of a foreign error may hold anything, so only its kind is shown.
    const kind = error instanceof Error ? error.name : typeof error;
    warn('CERBERUS_SETUP_FAILED', `Cerberus and OpenTelemetry are off: set-up failed (${kind})`);
  }
}

function isWanted(env: Environment): boolean {
  if (otelFlag(env, 'OTEL_SDK_DISABLED')) return false;
  const program = basename(process.argv[1] ?? '').replace(/(-cli)?\.[cm]?js$/, '');
  if (PACKAGE_MANAGERS.has(program)) return false;
  return !isOn(env['CERBERUS_DISABLED']) || exportsAskedFor(env).length > 0;
}

function setUp(env: Environment): void {
  const { found, missing } = findPackages();
  if (found === undefined) {
    warn(
      'CERBERUS_PACKAGE_MISSING',
      `Cerberus and OpenTelemetry are off: ${missing.join(', ')} not found from the application. ` +
        `Run: ${installCommand(missing)}`,
    );
    return;
  }
  withoutUnaskedExports(() => start(found, exportsAskedFor(env).length > 0));
}

function start(found: FoundPackages, hasExports: boolean): void {
  const given = {
    instrumentations: found.instrumentations(),
    // Events carry no resource, and finding its attributes out takes time, on some systems even a process.
    ...(!hasExports && { autoDetectResources: false }),
  };
  const configuration = found.withCerberus(given);
  // A configuration that cannot work was warned of by now.
  if (configuration === given && !hasExports) return;
  register(pathToFileURL(found.loaderHook).href);
  const sdk = found.nodeSdk(configuration);
  sdk.start();
  flushAtTheEnd(sdk);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'yes'].includes(value.trim().toLowerCase());
}

function warn(code: string, message: string): void {
  if (process.env['CERBERUS_WARNINGS']?.trim().toLowerCase() === 'false') return;
  process.emitWarning(message, { type: 'CerberusWarning', code });
}
