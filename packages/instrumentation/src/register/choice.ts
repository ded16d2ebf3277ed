import type { Environment } from '@cerberus-otel/exporter-ws/environment';
import { routingFrameworks } from '../observe/routing-framework.ts';
import { namedByPatches } from '../routes/patching.ts';
import { SAYS_ROUTES } from '../routes/route-of.ts';
import { declaredPackages, isInstalled } from '../sdk/installed.ts';
import { INSTRUMENTATIONS } from '../sdk/instrumentations.ts';
import { configurationFile, otelText } from '../sdk/otel-environment.ts';
import { ownModule } from '../sdk/own-copy.ts';
import { placesToLook } from '../sdk/sdk-loader.ts';
import { exportsAskedFor } from './exports.ts';
import type * as Packages from './packages.ts';

/** Variables that say how spans are to be made: whoever sets one wants OpenTelemetry's. */
const ABOUT_SPANS =
  /^OTEL_(?:TRACES_SAMPLER|PROPAGATORS|NODE_(?:EN|DIS)ABLED_INSTRUMENTATIONS|BSP_|SPAN_|ATTRIBUTE_)/;

/** The word of `CERBERUS_CAPTURE`, whether it is one that is known or not. */
export function captureAskedFor(env: Environment): string | undefined {
  return env['CERBERUS_CAPTURE']?.trim().toLowerCase();
}

/**
 * Whether an SDK is to be set up, as `CERBERUS_CAPTURE` says or, where it leaves that open, where somebody wants spans elsewhere or
 * only an instrumentation can tell what an event is to have. A word that it does not know is complained of by who reads all options.
 */
export function wantsSdk(env: Environment, places: readonly string[] = placesToLook()): boolean {
  const asked = captureAskedFor(env);
  if (asked === 'light' || asked === 'otel') return asked === 'otel';
  return (
    !announcesRequests() ||
    wantsSpansElsewhere(env) ||
    needsInstrumentation(places, namedByPatches(env['CERBERUS_PATCH_ROUTES']))
  );
}

/** Bun and Deno run modules of Node.js without what it says in its channels, or not all of it. */
function announcesRequests({ bun, deno }: NodeJS.ProcessVersions = process.versions): boolean {
  return bun === undefined && deno === undefined;
}

function wantsSpansElsewhere(env: Environment): boolean {
  if (configurationFile(env) !== undefined || exportsAskedFor(env).length > 0) return true;
  return Object.keys(env).some((name) => ABOUT_SPANS.test(name) && otelText(env, name) !== undefined);
}

/** As the application's package.json says or, where there is none, what is installed; what is not installed cannot be needed. */
function needsInstrumentation(places: readonly string[], patched: ReadonlySet<string>): boolean {
  const declared = declaredPackages(places);
  const isUsed = (name: string): boolean =>
    declared.size === 0 ? isInstalled(name, places) : declared.has(name);
  const isUnnamed = (name: string): boolean => !SAYS_ROUTES.has(name) && !patched.has(name);
  const needing = routingFrameworks((name) => isUsed(name) && isUnnamed(name), places);
  // One without a class has an instrumentation of ours.
  const isNamed = needing.some(({ command, className }) => command === undefined || className === undefined);
  const isCalled = INSTRUMENTATIONS.some(
    ({ name, eventsOf = [] }) => eventsOf.some(isUsed) && isInstalled(name, places),
  );
  return (isNamed || isCalled) && loadPackages().findPackages(places).missing.length === 0;
}

/** Only where it is asked: it brings along all that patches. */
function loadPackages(): typeof Packages {
  return ownModule('register/packages', () => import('./packages.ts')) as typeof Packages;
}
