import { systemClock } from '@cerberus-otel/exporter-ws/environment';
import { loadedFiles } from '../sdk/loaded-files.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';

/** Packages that serve HTTP without Node.js' servers: uWebSockets.js, and frameworks on it. */
export const OTHER_SERVERS: readonly string[] = ['uWebSockets.js', 'hyper-express', 'ultimate-express'];

/** What to do, and where it is written. */
export const OWN_SPANS =
  'set OpenTelemetry up in code, with withCerberus, and start a SERVER span for each (docs/frameworks.md, "A span of your own")';

/** The addon of uWebSockets.js, under whichever name the package comes. */
const ADDON = /\/uws_[^/]+\.node$/;
const SETTLED_MILLIS = 30_000;

/**
 * Says, when the process has run for a while, that requests which uWebSockets.js answers are not counted: nothing announces them, so
 * nothing else would be said. An application that has set OpenTelemetry up is left to its own spans.
 *
 * @param warn called once at most
 */
export function sayWhereOthersServe(warn: (code: string, message: string) => void): void {
  systemClock.after(SETTLED_MILLIS, () => {
    if (providerInPlace() !== undefined || !loadedFiles().some((file) => ADDON.test(file))) return;
    warn(
      'CERBERUS_RUNTIME',
      `requests that uWebSockets.js answers are not counted, for it is no server of Node.js: ${OWN_SPANS}`,
    );
  });
}
