import { routeAdvice, type RoutingFramework } from '../observe/route-advice.ts';
import { routingFrameworks } from '../observe/routing-framework.ts';
import { SAYS_ROUTES } from '../routes/route-of.ts';
import { declaredPackages, isInstalled } from '../sdk/installed.ts';
import { installCommand } from '../sdk/install-command.ts';
import { INSTRUMENTATIONS } from '../sdk/instrumentations.ts';
import { isRegistered } from '../sdk/registered.ts';
import type { Check } from './check.ts';
import type { SetUp } from './set-up.ts';

/** Whether there is what names the routes of the frameworks that the application depends on, as its package.json says. */
export function* checkRoutes(places: readonly string[], setUp?: SetUp): Generator<Check> {
  const declared = declaredPackages(places);
  const isDeclared = (name: string): boolean => declared.has(name);
  const byCode = setUp !== undefined && !isRegistered();
  for (const framework of routingFrameworks(isDeclared, places))
    yield checkFramework(framework, byCode, setUp);
  for (const { name, eventsOf = [] } of INSTRUMENTATIONS) {
    const server = eventsOf.find(isDeclared);
    if (server === undefined || isInstalled(name, places)) continue;
    const finding = `calls that a server of ${server} answers give no events. Run: ${installCommand([name], places)}`;
    yield { what: `events of ${server}`, verdict: 'warning', finding };
  }
}

function checkFramework(framework: RoutingFramework, byCode: boolean, setUp?: SetUp): Check {
  const { name, instrumentation, className, command } = framework;
  const what = `routes of ${name}`;
  if (setUp?.httpServer !== undefined && SAYS_ROUTES.has(name))
    return { what, verdict: 'ok', finding: 'named by HttpServerInstrumentation' };
  if (byCode) {
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
    // A middleware is the application's, which was not loaded.
    if (className === undefined && command === undefined) {
      return {
        what,
        verdict: 'ok',
        finding: `${instrumentation} is installed. ${routeAdvice(framework, false)}`,
      };
    }
    return { what, verdict: 'warning', finding: `there will be none. ${routeAdvice(framework, false)}` };
  }
  if (className === undefined) return { what, verdict: 'ok', finding: 'named by register' };
  if (command === undefined) return { what, verdict: 'ok', finding: `named by ${instrumentation}` };
  return { what, verdict: 'warning', finding: `there will be none. ${routeAdvice(framework, true)}` };
}
