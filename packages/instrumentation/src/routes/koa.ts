import type { IncomingMessage } from 'node:http';
import type { LatePatch } from './late-patch.ts';

/** Where a request carries Koa's context; a registered symbol, so that both copies of this package see each other's. */
const CONTEXT: unique symbol = Symbol.for('@cerberus-otel/koa-context.v1');

/** What routers keep on Koa's context, as far as it is read. */
interface KoaContext {
  readonly req?: Carrier;
  readonly method?: unknown;
  /** The path of what has run last: of a route, or of middleware of a router. */
  readonly _matchedRoute?: unknown;
  /** Of all routers that were asked, what fits the path. */
  readonly matched?: readonly Layer[];
}

/** A route, or middleware of a router, which has no methods. */
interface Layer {
  readonly path?: unknown;
  readonly methods?: readonly unknown[];
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

/**
 * The route that `@koa/router` or `koa-router` has chosen for a request: the pattern, with the prefixes of its routers. Also where
 * middleware of the router answers, which runs for requests that have a route, and leaves its own path behind.
 */
export function koaRoute(request: IncomingMessage): string | undefined {
  const context = (request as Carrier)[CONTEXT];
  const route = context && routeIn(context);
  return typeof route === 'string' || route instanceof RegExp ? String(route) : undefined;
}

/** Of several that fit, the last one, as routers have it. */
function routeIn({ method, matched, _matchedRoute: last }: KoaContext): unknown {
  if (!Array.isArray(matched)) return last;
  const routes = (matched as readonly Layer[]).filter((layer) => layer.methods?.includes(method) === true);
  return routes.some(({ path }) => path === last) ? last : (routes.at(-1)?.path ?? last);
}
