import { patternOf, textOf, type Layer } from './express-layer.ts';

/** An application or a router; what is read of them is not public. */
export interface ExpressApp extends Router {
  readonly parent?: ExpressApp;
  readonly mountpath?: unknown;
  /** Express 4, whose `router` throws when it is read. */
  readonly _router?: Router;
  readonly router?: Router;
}

interface Router {
  readonly stack?: readonly Layer[];
}

/** Routers can be mounted in themselves. */
const DEEPEST = 12;

/**
 * All ways to the layers that are sought: through the applications around `app`, then through its routers.
 *
 * @param isAnywhere also through where another application may be mounted: of several places an application knows its last one
 */
export function waysTo(app: ExpressApp, isSought: (layer: Layer) => boolean, isAnywhere: boolean): Layer[][] {
  const { parent } = app;
  const within = waysIn(stackOf(app), isSought, DEEPEST);
  if (parent === undefined) return within;
  const mount = textOf(app.mountpath);
  const around = stackOf(parent).filter(
    (layer) => layer.name === 'mounted_app' && (isAnywhere || [mount, undefined].includes(mountedAt(layer))),
  );
  const outer = around.flatMap((layer) => waysTo(parent, (each) => each === layer, isAnywhere));
  return outer.flatMap((way) => within.map((inner) => [...way, ...inner]));
}

/** The pattern of a layer, where it is written in it. */
export function mountedAt(layer: Layer): string | undefined {
  return layer.slash === true ? '/' : patternOf(layer, '');
}

function stackOf(app: ExpressApp): readonly Layer[] {
  return (app._router ?? app.router)?.stack ?? [];
}

function waysIn(stack: readonly Layer[], isSought: (layer: Layer) => boolean, depth: number): Layer[][] {
  const ways: Layer[][] = [];
  for (const layer of stack) {
    if (isSought(layer)) ways.push([layer]);
    const inner = depth === 0 ? undefined : layer.handle?.stack;
    if (inner !== undefined) for (const way of waysIn(inner, isSought, depth - 1)) ways.push([layer, ...way]);
  }
  return ways;
}
