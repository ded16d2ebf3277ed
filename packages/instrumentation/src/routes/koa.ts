import type { IncomingMessage } from 'node:http';
import type { LatePatch } from './late-patch.ts';

/** Where a request carries Koa's context; a registered symbol, so that both copies of this package see each other's. */
const CONTEXT: unique symbol = Symbol.for('@cerberus-otel/koa-context.v1');

/** What routers keep on Koa's context, as far as it is read. */
interface KoaContext {
  readonly req?: Carrier;
  readonly _matchedRoute?: unknown;
}

interface Carrier {
  [CONTEXT]?: KoaContext;
}

/** Koa 2 and 3 hand the context of each request to this method of the application, which they look up anew each time. */
export const OF_KOA: LatePatch = {
  file: '/koa/lib/application.js',
  method: 'handleRequest',
  note(_application, [context]) {
    const { req } = context as KoaContext;
    if (req !== undefined) req[CONTEXT] = context as KoaContext;
  },
};

/** The route that `@koa/router` or `koa-router` has chosen for a request: the pattern, with the prefixes of its routers. */
export function koaRoute(request: IncomingMessage): string | undefined {
  const route = (request as Carrier)[CONTEXT]?._matchedRoute;
  return typeof route === 'string' || route instanceof RegExp ? String(route) : undefined;
}
