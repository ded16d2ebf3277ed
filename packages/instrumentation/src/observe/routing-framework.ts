import { SAYS_ROUTES } from '../routes/route-of.ts';
import { installCommand } from '../sdk/install-command.ts';
import { declaredPackages, isInstalled } from '../sdk/installed.ts';
import { HONO_OTEL, HTTP, INSTRUMENTATIONS, SDK } from '../sdk/instrumentations.ts';
import { loadedFiles } from '../sdk/loaded-files.ts';
import { placesToLook } from '../sdk/sdk-loader.ts';
import type { RoutingFramework, SetUpBy } from './route-advice.ts';

/** Not in the cache of `require` when an ES module imported it: it comes as both. */
const HONO = 'hono';

/** What names the routes of which package. */
const NAMED_BY: readonly Omit<RoutingFramework, 'command' | 'commandWithSdk'>[] = [
  ...INSTRUMENTATIONS.flatMap(({ name: instrumentation, className, options, routesOf }) =>
    routesOf.map((name) => ({ name, instrumentation, className, options })),
  ),
  { name: HONO, instrumentation: HONO_OTEL },
];

/**
 * The framework that seems to serve the requests of this process: one that is loaded, of several one that the application
 * asks for itself, of these one whose instrumentation is missing. A package of CommonJS is in the cache of `require` also
 * when an ES module imported it. Where requests themselves are asked for their routes, those that say them had none to say, as
 * for files and sockets that Express serves, and an instrumentation would not name more.
 */
export function routingFramework(by: SetUpBy): RoutingFramework | undefined {
  const places = placesToLook();
  const declared = declaredPackages(places);
  const files = loadedFiles();
  const isLoaded = (name: string): boolean =>
    (name === HONO && declared.has(name)) || files.some((file) => file.includes(`/node_modules/${name}/`));
  const isUnheard = (name: string): boolean => by !== 'nobody' || !SAYS_ROUTES.has(name);
  const loaded = routingFrameworks((name) => isUnheard(name) && isLoaded(name), places);
  const asked = loaded.filter(({ name }) => declared.has(name));
  const likely = asked.length > 0 ? asked : loaded;
  return likely.find(({ command }) => command !== undefined) ?? likely[0];
}

/** Those that are used, with what is missing. */
export function routingFrameworks(
  isUsed: (name: string) => boolean,
  places: readonly string[],
): RoutingFramework[] {
  return NAMED_BY.filter(({ name }) => isUsed(name)).map((each) => ({
    ...each,
    command: commandFor([each.instrumentation], places),
    commandWithSdk: commandFor([SDK, HTTP, each.instrumentation], places),
  }));
}

/** What installs those that are missing; undefined where none is. */
function commandFor(packages: readonly string[], places: readonly string[]): string | undefined {
  const missing = packages.filter((name) => !isInstalled(name, places));
  return missing.length === 0 ? undefined : installCommand(missing, places);
}
