import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { processEnvironment, type Environment } from '@cerberus-otel/exporter-ws/internal';
import { atFirst, CONNECTION } from '../capture/announcements.ts';
import { installCommand } from '../sdk/install-command.ts';
import { configurationFile, otelFlag } from '../sdk/otel-environment.ts';
import { feeds, providerInPlace } from '../sdk/provider-in-place.ts';
import { markRegistered } from '../sdk/registered.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { Aside } from './aside.ts';
import { BESIDE, countBeside, isHttpInstrumented } from '../setup/beside.ts';
import { cerberusAlone, withCerberus } from '../setup/with-cerberus.ts';
import { captureWithoutSdk } from '../setup/without-sdk.ts';
import { wantsSdk } from './choice.ts';
import { flushAtTheEnd } from './ending.ts';
import { exportsAskedFor, withoutUnaskedExports } from './exports.ts';
import { hookEsModules } from './loader-hook.ts';
import { hasOtherPreloads, SECOND_SDK } from './other-preloads.ts';
import { findPackages, type FoundPackages } from './packages.ts';
import { sayWhereWorkerServes } from './worker.ts';

/** Programs that only start others inherit `NODE_OPTIONS` too; they are left alone. */
const PACKAGE_MANAGERS = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack']);

/**
 * Sets up once per process, in its main thread; a worker thread that serves is told of. What keeps it from working is one
 * process warning.
 *
 * @throws CerberusConfigError for options that cannot work, with `CERBERUS_STRICT` only
 */
export function registerOnce(): void {
  if (isMainThread && !markRegistered()) return;
  const env = processEnvironment();
  try {
    if (!isWanted(env)) return;
    if (isMainThread) setUp(env);
    else sayWhereWorkerServes(warn);
  } catch (error) {
    // With `CERBERUS_STRICT`: it ends the process before the application starts.
    if (error instanceof Error && error.name === 'CerberusConfigError' && isOn(env['CERBERUS_STRICT']))
      throw error;
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
  if (providerInPlace() !== undefined) {
    setUpWithoutSdk();
  } else if (wantsSdk(env)) {
    setUpSdk(env);
  } else if (setUpWithoutSdk()) {
    flushAtTheEnd();
  }
}

/** Also where somebody else's came first. @returns false where Cerberus is off */
function setUpWithoutSdk(): boolean {
  const processor = cerberusAlone();
  if (processor === undefined) return false;
  captureWithoutSdk(processor, (message) => warn('CERBERUS_OTHER_SDK', message));
  return true;
}

function setUpSdk(env: Environment): void {
  const { found, missing } = findPackages();
  if (found === undefined) {
    warn(
      'CERBERUS_PACKAGE_MISSING',
      `Cerberus and OpenTelemetry are off: ${missing.join(', ')} not found from the application. ` +
        `Run: ${installCommand(missing)}`,
    );
    return;
  }
  const hasExports = exportsAskedFor(env).length > 0 || configurationFile(env) !== undefined;
  withoutUnaskedExports(() => start(found, hasExports, env));
}

/**
 * The SDK is started with the first connection to a server, and not where somebody else has set up another one until then:
 * that one has the place, and ours would only double its spans. Where exports were asked for, spans from before the first
 * request are wanted too, so it is started at once, unless what is preloaded beside may be an SDK that they are meant for.
 */
function start(found: FoundPackages, hasExports: boolean, env: Environment): void {
  const given = {
    instrumentations: found.instrumentations(),
    // Of the resource only what variables say is sent, and finding its attributes out takes time, on some systems even a process.
    ...(!hasExports && { autoDetectResources: false }),
  };
  let isStarted = false;
  const aside = new Aside(given.instrumentations, () => !isStarted && providerInPlace() !== undefined);
  const configuration = withCerberus(given);
  // A configuration that cannot work was warned of by now.
  if (configuration === given && !hasExports) return;
  hookEsModules(found.loaderHook, given.instrumentations);
  const sdk = found.nodeSdk(configuration);
  const startOwn = (): void => {
    isStarted = true;
    sdk.start();
    aside.begin();
  };
  if (hasExports && !hasOtherPreloads(env)) startOwn();
  const [processor] = configuration === given ? [] : (configuration.spanProcessors ?? []);
  const isOurs = (replacement: object): boolean => aside.made(replacement);
  atFirst(CONNECTION, () => {
    if (isStarted && isHttpInstrumented(isOurs)) warn('CERBERUS_OTHER_SDK', SECOND_SDK);
    if (!isStarted && providerInPlace() === undefined) withoutUnaskedExports(startOwn);
    const provider = providerInPlace();
    if (processor === undefined || provider === undefined || feeds(provider, processor)) return;
    // Somebody else's SDK has come in the meantime, or has put its own in the place of ours, as Datadog's tracer does.
    aside.silence();
    beside(provider, processor, isOurs);
  });
  flushAtTheEnd(sdk);
}

function beside(other: object, processor: SpanProcessorLike, isOurs: (replacement: object) => boolean): void {
  warn('CERBERUS_OTHER_SDK', BESIDE[countBeside(other, processor, isOurs)]);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'yes'].includes(value.trim().toLowerCase());
}

function warn(code: string, message: string): void {
  if (process.env['CERBERUS_WARNINGS']?.trim().toLowerCase() === 'false') return;
  process.emitWarning(message, { type: 'CerberusWarning', code });
}
