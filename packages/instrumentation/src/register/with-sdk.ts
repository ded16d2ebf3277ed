import type { Environment } from '@cerberus-otel/exporter-ws/environment';
import { readOptions } from '@cerberus-otel/exporter-ws/internal';
import { atFirstClient, type Announcement } from '../capture/announcements.ts';
import { installCommand } from '../sdk/install-command.ts';
import { configurationFile } from '../sdk/otel-environment.ts';
import { feeds, providerInPlace } from '../sdk/provider-in-place.ts';
import { Aside } from './aside.ts';
import { nameOf } from '../observe/hook-failures.ts';
import { BESIDE, countBeside, isHttpInstrumented } from '../setup/beside.ts';
import { RECORD_OPTION } from '../setup/cerberus-sampler.ts';
import { withCerberus } from '../setup/with-cerberus.ts';
import { captureAskedFor } from './choice.ts';
import { flushAtTheEnd } from './ending.ts';
import { exportsAskedFor, withoutUnaskedExports } from './exports.ts';
import { guarded } from './guarded.ts';
import { hookEsModules } from './loader-hook.ts';
import { hasOtherPreloads, SECOND_SDK } from './other-preloads.ts';
import { findPackages, type FoundPackages } from './packages.ts';
import { warn } from './warning.ts';

/**
 * Sets OpenTelemetry's SDK up, with Cerberus in it.
 *
 * @returns false where its packages are not installed and nobody has said that it has to be this way
 * @throws CerberusConfigError for options that cannot work, with `CERBERUS_STRICT` only
 */
export function setUpWithSdk(env: Environment): boolean {
  const { found, missing } = findPackages();
  if (found === undefined) {
    const isRequired = captureAskedFor(env) === 'otel';
    const what = isRequired ? 'Cerberus and OpenTelemetry are off' : 'OpenTelemetry is off';
    warn(
      'CERBERUS_PACKAGE_MISSING',
      `${what}: ${missing.join(', ')} not found from the application. Run: ${installCommand(missing)}`,
    );
    return isRequired;
  }
  const hasExports = exportsAskedFor(env).length > 0 || configurationFile(env) !== undefined;
  withoutUnaskedExports(() => start(found, hasExports, env));
  return true;
}

/**
 * The SDK is started with the first client of a server, and not where somebody else has set up another one until then:
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
  hookOrSay(found.loaderHook, given.instrumentations);
  const sdk = found.nodeSdk(configuration);
  const startOwn = (): void => {
    isStarted = true;
    sdk.start();
    aside.begin();
  };
  if (hasExports && !hasOtherPreloads(env)) startOwn();
  const [processor] = configuration === given ? [] : (configuration.spanProcessors ?? []);
  const isOurs = (replacement: object): boolean => aside.made(replacement);
  const atWork = (first: Announcement): void => {
    if (isStarted && isHttpInstrumented(isOurs)) warn('CERBERUS_OTHER_SDK', SECOND_SDK);
    if (!isStarted && providerInPlace() === undefined) withoutUnaskedExports(startOwn);
    const provider = providerInPlace();
    if (processor === undefined || provider === undefined || feeds(provider, processor)) return;
    // Somebody else's SDK has come in the meantime, or has put its own in the place of ours, as Datadog's tracer does.
    aside.silence();
    const { record } = readOptions({ record: RECORD_OPTION }, {}, env);
    warn('CERBERUS_OTHER_SDK', BESIDE[countBeside(provider, processor, { isOurs, record, first }).how]);
  };
  atFirstClient((first) => guarded(env, () => atWork(first)));
  flushAtTheEnd(sdk, hasExports);
}

/** CommonJS modules are instrumented without it. */
function hookOrSay(file: string, instrumentations: readonly unknown[]): void {
  try {
    hookEsModules(file, instrumentations);
  } catch (error) {
    warn('CERBERUS_RUNTIME', `${NO_LOADER_HOOK} (${nameOf(error)})`);
  }
}

const NO_LOADER_HOOK =
  'ES modules are not instrumented, CommonJS modules are: the loader hook cannot be set up in this process, which with the permission ' +
  'model takes `--allow-worker`';
