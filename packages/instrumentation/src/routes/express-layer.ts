import { routerPattern } from './express-4-pattern.ts';
import { probedPattern, type Matcher } from './express-probe.ts';

/** An entry of a router, as Express 4 and the versions of `router` behind Express 5 keep it. */
export interface Layer {
  readonly name?: unknown;
  readonly route?: object | undefined;
  /** A router has layers of its own. */
  readonly handle?: { readonly stack?: readonly Layer[] } | undefined;
  /** From router 2.3 on. */
  readonly rawPath?: unknown;
  /** Of all versions of router 2. */
  readonly slash?: unknown;
  readonly matchers?: readonly Matcher[];
  /** Of Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean };
  readonly keys?: readonly { readonly name?: unknown }[];
}

const WRITTEN = new WeakMap<Layer, string | undefined>();

/** A path as a route or middleware was given it; lists as ExpressInstrumentation joins them. */
export function textOf(path: unknown): string | undefined {
  if (Array.isArray(path)) return path.map((each) => textOf(each) ?? '').join(',');
  return typeof path === 'string' || path instanceof RegExp ? String(path) : undefined;
}

/**
 * The pattern of a layer.
 *
 * @param path what it matches, for layers that have to be asked; never part of what is returned
 * @returns undefined when it cannot be told
 */
export function patternOf(layer: Layer, path: string): string | undefined {
  const { rawPath, slash, matchers, regexp } = layer;
  if (typeof rawPath === 'string') return rawPath;
  if (slash === true) return '/';
  if (rawPath === undefined && regexp === undefined)
    return matchers === undefined ? undefined : probedPattern(matchers, path);
  if (!WRITTEN.has(layer)) WRITTEN.set(layer, writtenIn(layer));
  return WRITTEN.get(layer);
}

function writtenIn({ rawPath, regexp, keys }: Layer): string | undefined {
  return regexp === undefined ? textOf(rawPath) : routerPattern(regexp, keys ?? []);
}

/** What a layer for all that begins with a path takes off this one; undefined when it does not match. */
export function consumedBy({ slash, matchers, regexp }: Layer, path: string): string | undefined {
  if (slash === true || regexp?.fast_slash === true) return '';
  if (regexp?.fast_star === true) return path;
  // Such expressions remember where they stopped.
  if (regexp !== undefined)
    return regexp.global || regexp.sticky ? undefined : prefix(regexp.exec(path)?.[0], path);
  for (const matcher of matchers ?? []) {
    const match = matcher(path);
    if (match !== false) return prefix(match.path, path);
  }
  return undefined;
}

/** Without the slash at its end, as routers have it in `baseUrl`. */
function prefix(matched: string | undefined, path: string): string | undefined {
  if (matched === undefined || !path.startsWith(matched)) return undefined;
  return matched.endsWith('/') ? matched.slice(0, -1) : matched;
}
