import type { IncomingMessage } from 'node:http';

/** What Express 4 and 5 keep on a request and in its routers, as far as it is read; none of it is public but `route`. */
interface ExpressRequest {
  readonly route?: { readonly path?: unknown };
  readonly app?: ExpressApp;
}

interface ExpressApp {
  readonly parent?: ExpressApp;
  readonly mountpath?: unknown;
  /** Express 4, whose `router` throws when it is read. */
  readonly _router?: ExpressRouter;
  readonly router?: ExpressRouter;
}

interface ExpressRouter {
  readonly stack?: readonly Layer[];
}

interface Layer {
  readonly route?: object;
  readonly handle?: ExpressRouter;
  /** Of Express 5, from router 2.3 on. */
  readonly rawPath?: unknown;
  /** Of Express 4. */
  readonly regexp?: RegExp;
}

/** The expression that Express 4 makes of a path without parameters. */
const LITERAL_MOUNT = /^\^((?:\\\/[\w~%-]+)*)\\\/\?\(\?=\\\/\|\$\)$/;

/**
 * The route that an Express application has chosen for a request, for those whose Express is not instrumented for them: from
 * the routers, pattern by pattern. Never from `baseUrl`, which has what the client wrote.
 *
 * @returns undefined for anything that is not surely a pattern
 */
export function expressRoute(request: IncomingMessage): string | undefined {
  const { route, app } = request as ExpressRequest;
  if (typeof route?.path !== 'string' || app === undefined) return undefined;
  const parts = mountsOf(app);
  const way = wayTo(route, (app._router ?? app.router)?.stack ?? []);
  if (parts === undefined || way === undefined) return undefined;
  const whole = [...parts, ...way, route.path].map((part) => (part === '/' ? '' : part)).join('');
  return whole === '' ? '/' : whole;
}

/** Where an application is mounted within others, from the outermost. */
function mountsOf(app: ExpressApp): string[] | undefined {
  const mounts: string[] = [];
  for (let each = app; each.parent !== undefined; each = each.parent) {
    if (typeof each.mountpath !== 'string') return undefined;
    mounts.unshift(each.mountpath);
  }
  return mounts;
}

/** The patterns of the routers on the way to a route; undefined when it is not found, or one of them is unknown. */
function wayTo(route: object, stack: readonly Layer[]): string[] | undefined {
  for (const layer of stack) {
    if (layer.route === route) return [];
    const inner = layer.handle?.stack === undefined ? undefined : wayTo(route, layer.handle.stack);
    if (inner === undefined) continue;
    const mount = mountOf(layer);
    return mount === undefined ? undefined : [mount, ...inner];
  }
  return undefined;
}

function mountOf({ rawPath, regexp }: Layer): string | undefined {
  if (typeof rawPath === 'string') return rawPath;
  const literal = regexp === undefined ? undefined : LITERAL_MOUNT.exec(regexp.source)?.[1];
  return literal?.replaceAll('\\', '');
}
