import { findPackages } from '../register/packages.ts';
import { installCommand } from '../sdk/install-command.ts';
import { ownLocation } from '../sdk/own-location.ts';
import { installedVersion, minorOf } from '../sdk/installed.ts';
import { API, SDK } from '../sdk/instrumentations.ts';
import { finder } from '../sdk/sdk-loader.ts';
import type { Check } from './check.ts';

/**
 * Whether what set-up needs of OpenTelemetry is installed, and of versions that work together.
 *
 * @param needsSdk whether requests are counted through an SDK
 */
export function installedPackages(places: readonly string[], needsSdk = true): Check[] {
  const what = 'OpenTelemetry';
  const { missing } = findPackages(places);
  if (!needsSdk && missing.length > 0 && !missing.includes(API))
    return [{ what, verdict: 'ok', finding: 'no SDK is installed, and register needs none' }];
  if (missing.length > 0) {
    const finding = `${missing.join(', ')} not found from here. Run: ${installCommand(missing, places)}`;
    return [{ what, verdict: 'failure', finding }];
  }
  return [
    {
      what,
      verdict: 'ok',
      finding: needsSdk ? 'installed' : 'installed; register sets no SDK up here, and needs none',
    },
    checkApi(places),
  ];
}

/**
 * The SDK registers itself with the copy of the API that it resolves. A copy of a later minor version does not see it
 * (the API's own rule), and everything that uses that one is silently a no-op.
 */
function checkApi(places: readonly string[]): Check {
  const what = 'OpenTelemetry API';
  const registered = places
    .map((place) => apiVersionFrom(place, SDK))
    .find((version) => version !== undefined);
  const own = ownLocation();
  const used = own === undefined ? undefined : apiVersionFrom(own);
  if (registered === undefined || used === undefined) {
    return { what, verdict: 'warning', finding: 'its version could not be read' };
  }
  if (minorOf(used) <= minorOf(registered)) return { what, verdict: 'ok', finding: registered };
  const finding =
    `the SDK uses ${registered} and this package ${used}, which does not see it: setMetric and setUserId would do ` +
    `nothing. Run: npm install ${API}@${registered}`;
  return { what, verdict: 'failure', finding };
}

/** The version of the API that a package at `place` resolves; with `through`, the one that this dependency of it resolves. */
function apiVersionFrom(place: string, through?: string): string | undefined {
  const via = through === undefined ? place : finder([place])(through);
  return via === undefined ? undefined : installedVersion(API, [via]);
}
