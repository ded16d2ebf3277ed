import type { Environment } from '@cerberus-otel/exporter-ws/internal';
import { OTHER_SERVERS, OWN_SPANS } from '../observe/other-servers.ts';
import { routeAdvice, type RoutingFramework, type SetUpBy } from '../observe/route-advice.ts';
import { routingFrameworks } from '../observe/routing-framework.ts';
import { namedByPatches } from '../routes/patching.ts';
import { SAYS_ROUTES } from '../routes/route-of.ts';
import { declaredPackages, isInstalled } from '../sdk/installed.ts';
import { installCommand } from '../sdk/install-command.ts';
import { INSTRUMENTATIONS } from '../sdk/instrumentations.ts';
import type { Check } from './check.ts';
import type { SetUp } from './set-up.ts';

/**
 * Whether there is what names the routes of the frameworks that the application depends on, as its package.json says.
 *
 * @param by who sets up, and whether there is an SDK
 */
export function* checkRoutes(
  env: Environment,
  places: readonly string[],
  by: SetUpBy,
  setUp?: SetUp,
): Generator<Check> {
  const patched = patchedIn(env, setUp);
  const declared = declaredPackages(places);
  const isDeclared = (name: string): boolean => declared.has(name);
  for (const framework of routingFrameworks(isDeclared, places)) {
    const { name } = framework;
    if (patched.has(name))
      yield { what: `routes of ${name}`, verdict: 'ok', finding: 'named by the patch that is asked for' };
    else yield checkFramework(framework, by, setUp);
  }
  for (const { name, eventsOf = [] } of INSTRUMENTATIONS) {
    const server = eventsOf.find(isDeclared);
    if (server === undefined || isInstalled(name, places)) continue;
    const finding = `calls that a server of ${server} answers give no events. Run: ${installCommand([name], places)}`;
    yield { what: `events of ${server}`, verdict: 'warning', finding };
  }
  for (const server of OTHER_SERVERS.filter(isDeclared)) {
    const finding = `there will be none, for it is no server of Node.js: ${OWN_SPANS}`;
    yield { what: `events of ${server}`, verdict: 'warning', finding };
  }
}

/** Packages whose routes a patch names, as code or else the environment says. */
function patchedIn(env: Environment, setUp: SetUp | undefined): ReadonlySet<string> {
  const { patchRoutes } = (setUp?.processor ?? {}) as { readonly patchRoutes?: unknown };
  return namedByPatches(Array.isArray(patchRoutes) ? patchRoutes.join(',') : env['CERBERUS_PATCH_ROUTES']);
}

function checkFramework(framework: RoutingFramework, by: SetUpBy, setUp?: SetUp): Check {
  const { name, instrumentation, className, command } = framework;
  const what = `routes of ${name}`;
  const advice = routeAdvice(framework, by);
  if (SAYS_ROUTES.has(name)) {
    if (by === 'nobody') return { what, verdict: 'ok', finding: 'read from its requests' };
    if (setUp?.httpServer !== undefined)
      return { what, verdict: 'ok', finding: 'named by HttpServerInstrumentation' };
  }
  if (by === 'code') {
    const used = setUp?.instrumentations;
    if (className !== undefined && used?.includes(instrumentation) === true) {
      return { what, verdict: 'ok', finding: `named by ${instrumentation}` };
    }
    if (used === undefined && command === undefined) {
      return {
        what,
        verdict: 'ok',
        finding: `${instrumentation} is installed; whether it is used was not seen`,
      };
    }
  }
  // A middleware is the application's, which was not loaded.
  if (by !== 'register' && className === undefined && command === undefined)
    return { what, verdict: 'ok', finding: `${instrumentation} is installed. ${advice}` };
  if (by === 'register' && className === undefined)
    return { what, verdict: 'ok', finding: 'named by register' };
  if (by === 'register' && command === undefined)
    return { what, verdict: 'ok', finding: `named by ${instrumentation}` };
  return { what, verdict: 'warning', finding: `there will be none. ${advice}` };
}
