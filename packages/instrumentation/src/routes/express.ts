import type { IncomingMessage } from 'node:http';
import { withoutAuthority } from '@cerberus-otel/exporter-ws/environment';
import { consumedBy, patternOf, textOf, type Layer } from './express-layer.ts';
import { mountedAt, waysTo, type ExpressApp } from './express-tree.ts';

/** What Express 4 and 5 keep on a request, as far as it is read. */
interface ExpressRequest {
  readonly route?: ExpressRoute;
  readonly app?: ExpressApp;
  readonly baseUrl?: unknown;
  readonly url?: string | undefined;
}

interface ExpressRoute {
  readonly path?: unknown;
  readonly stack?: unknown;
}

/** Where a request has come to: as the client wrote it, so never part of a route. */
interface Place {
  readonly base: string;
  readonly path: string;
}

/** The layers on a way, as far as they match a path. */
interface Mounts {
  /** Undefined where one of them matches and does not say what it is called. */
  readonly patterns: readonly string[] | undefined;
  /** How much of the path they take off. */
  readonly consumed: number;
}

/** The ways to a route. Looked for once: an application may have hundreds of routes. */
interface Known {
  readonly app: ExpressApp;
  readonly ways: readonly (readonly Layer[])[];
}

/** A path of which everything is: behind a 404, it says that nothing else was. */
const CATCH_ALL = /^\/?(?:\*|\(\.\*\)|\*\w+|\{\/?\*\w+\})$/;

/** One that is a whole segment. */
const PARAMETER = /^:\w+$/;

const KNOWN = new WeakMap<ExpressRoute, Known>();

/**
 * The route that an Express application has chosen for a request, from its routers, pattern by pattern. Never from `baseUrl`, which has
 * what the client wrote. Where middleware with a path answers, that is the route.
 *
 * @param statusCode of the response
 * @returns undefined for anything that is not surely a pattern
 * @throws what a foreign object throws that only looks like Express
 */
export function expressRoute(request: IncomingMessage, statusCode: number): string | undefined {
  const { route, app, baseUrl, url } = request as ExpressRequest;
  // Express has handed it back, and nothing has answered it.
  const isUnmatched = baseUrl === undefined && statusCode === 404;
  if (typeof app !== 'function' || isUnmatched) return undefined;
  // Sails writes its own there, with a scheme and a host.
  const base = typeof baseUrl === 'string' && baseUrl.startsWith('/') ? baseUrl : '';
  const place = { base, path: base + pathOf(url ?? '/') };
  const found = routeOf(app, route, place) ?? (base === '' ? undefined : middlewareOf(app, place));
  return statusCode === 404 && found !== undefined && CATCH_ALL.test(found) ? undefined : found;
}

function routeOf(app: ExpressApp, route: ExpressRoute | undefined, place: Place): string | undefined {
  const path = textOf(route?.path);
  if (route === undefined || path === undefined) return undefined;
  const known = KNOWN.get(route);
  if (known?.app === app) {
    const found = routeOn(known.ways, path, place);
    if (found !== undefined) return found;
  }
  // Its router may have been mounted once more since then.
  const found = onWays(
    app,
    (layer) => layer.route === route,
    (ways) => {
      KNOWN.set(route, { app, ways });
      return routeOn(ways, path, place);
    },
  );
  const isMounted = app.parent !== undefined || KNOWN.get(route)?.ways.length !== 0;
  return isMounted ? found : calledRoute(route, path, place);
}

/** The route of a router that nothing mounts, because a function calls it: its pattern, where that stands for the whole path. */
function calledRoute({ stack }: ExpressRoute, pattern: string, place: Place): string | undefined {
  return Array.isArray(stack) && place.base === '' && fits(pattern, place.path) ? pattern : undefined;
}

/** Whether a pattern of whole segments stands for a path. */
function fits(pattern: string, path: string): boolean {
  const wanted = segmentsOf(pattern);
  const given = segmentsOf(path);
  return (
    wanted.length === given.length && wanted.every((each, at) => PARAMETER.test(each) || each === given[at])
  );
}

function segmentsOf(path: string): string[] {
  return path
    .toLowerCase()
    .replace(/(?<=.)\/$/, '')
    .split('/');
}

/** What `find` finds on the ways to a layer. */
function onWays(
  app: ExpressApp,
  isSought: (layer: Layer) => boolean,
  find: (ways: readonly (readonly Layer[])[]) => string | undefined,
): string | undefined {
  const found = find(waysTo(app, isSought, false));
  return found === undefined && app.parent !== undefined ? find(waysTo(app, isSought, true)) : found;
}

function routeOn(ways: readonly (readonly Layer[])[], path: string, place: Place): string | undefined {
  // Of the application itself, as most are: nothing is mounted on the way.
  if (ways.length === 1 && ways[0]?.length === 1) return place.base === '' ? joined([path]) : undefined;
  // Behind an error handler further out, the base is shorter again.
  const possible = ways.flatMap((way) => {
    const mounts = mountsOn(way.slice(0, -1), place.path);
    if (mounts === undefined || mounts.consumed < place.base.length) return [];
    return [{ way, consumed: mounts.consumed, patterns: mounts.patterns && [...mounts.patterns, path] }];
  });
  if (possible.length <= 1) return only(possible);
  // Handlers may have rewritten what is behind the base, so it decides only where nothing else does.
  return (
    only(possible) ??
    only(
      possible.filter(
        ({ way, consumed }) => consumedBy(way.at(-1) as Layer, place.path.slice(consumed)) !== undefined,
      ),
    )
  );
}

/** The path of the middleware that a request is in. */
function middlewareOf(app: ExpressApp, place: Place): string | undefined {
  return onWays(app, isMiddleware, (ways) => {
    const mounts = ways.map((way) => mountsOn(way, place.path));
    return only(mounts.flatMap((each) => (each?.consumed === place.base.length ? [each] : [])));
  });
}

function isMiddleware(layer: Layer): boolean {
  return layer.route === undefined && mountedAt(layer) !== '/';
}

/** @returns undefined for layers that do not match this path one after the other */
function mountsOn(way: readonly Layer[], path: string): Mounts | undefined {
  let patterns: string[] | undefined = [];
  let rest = path;
  for (const layer of way) {
    const consumed = consumedBy(layer, rest);
    if (consumed === undefined) return undefined;
    const pattern = patternOf(layer, rest);
    if (pattern === undefined) patterns = undefined;
    else patterns?.push(pattern);
    rest = rest.slice(consumed.length);
  }
  return { patterns, consumed: path.length - rest.length };
}

/** One route, where all ways that are possible say the same. */
function only(ways: readonly Pick<Mounts, 'patterns'>[]): string | undefined {
  const [first, ...others] = ways.map(({ patterns }) => patterns && joined(patterns));
  return others.every((other) => other === first) ? first : undefined;
}

/** As ExpressInstrumentation joins them. */
function joined(patterns: readonly string[]): string {
  let whole = '';
  for (const pattern of patterns) if (pattern !== '/') whole += pattern;
  if (whole.includes('//')) whole = whole.replaceAll(/\/{2,}/g, '/');
  return whole.startsWith('/') || whole === '*' ? whole : `/${whole}`;
}

/** Of a request target in origin or absolute form. */
function pathOf(url: string): string {
  const target = withoutAuthority(url);
  const end = target.indexOf('?');
  const path = end === -1 ? target : target.slice(0, end);
  return path === '' ? '/' : path;
}
