import { context } from '@opentelemetry/api';
import { rpcMetadata } from '../capture/rpc-metadata.ts';

type Class<Instance = object> = new (...args: never[]) => Instance;

/** What is used of `@opentelemetry/instrumentation`, whichever version the application has. */
export interface InstrumentationKit {
  readonly InstrumentationBase: new (name: string, version: string, config: object) => object;
  readonly InstrumentationNodeModuleDefinition: new (
    name: string,
    versions: readonly string[],
    patch: (exports: HonoExports) => HonoExports,
    unpatch: undefined,
    files: readonly object[],
  ) => object;
  readonly InstrumentationNodeModuleFile: new (
    name: string,
    versions: readonly string[],
    patch: (exports: HonoExports) => HonoExports,
    unpatch: () => void,
  ) => object;
}

interface HonoExports {
  Hono: Class;
}

/** As Hono's own: what a matching route is called with, and the route itself. */
type Matched = readonly [
  handler: (...args: unknown[]) => unknown,
  route: { readonly method: string; readonly path: string },
];
type Match = readonly [
  routes: readonly (readonly [Matched, ...params: unknown[]])[],
  ...paramStash: unknown[],
];

interface Router {
  match(method: string, path: string): Match;
}

const VERSIONS = ['>=4.0.0 <5'];
/** The ways to get the class that are no files of their own for the hooks: presets. */
const PRESETS = ['tiny', 'quick'].flatMap((name) => [
  `hono/dist/preset/${name}.js`,
  `hono/dist/cjs/preset/${name}.js`,
]);

/**
 * An instrumentation that names the routes of Hono, for which OpenTelemetry has none: `@hono/otel` is a middleware that an
 * application has to use itself. It makes no spans.
 */
export function honoRoutes(kit: InstrumentationKit): object {
  class HonoRoutes extends kit.InstrumentationBase {
    init(): object[] {
      const { InstrumentationNodeModuleDefinition: Definition, InstrumentationNodeModuleFile: File } = kit;
      const files = PRESETS.map((file) => new File(file, VERSIONS, patch, () => undefined));
      return [new Definition('hono', VERSIONS, patch, undefined, files)];
    }
  }
  return new HonoRoutes('@cerberus-otel/instrumentation/hono', '1.0.0', {});
}

/** The exports of an ES module can be set through the loader hook; those of CommonJS are getters, and given out anew. */
function patch(exports: HonoExports): HonoExports {
  const Hono = routed(exports.Hono);
  Reflect.set(exports, 'Hono', Hono);
  return exports.Hono === Hono ? exports : { ...exports, Hono };
}

function routed(hono: Class): Class {
  return new Proxy(hono, {
    construct(target, args: never[], newTarget: Class) {
      const app = Reflect.construct(target, args, newTarget) as { router?: Router };
      if (typeof app.router?.match === 'function') app.router = naming(app.router);
      return app;
    },
  });
}

/** In front of the router, because routers put another `match` in the place of their own. */
function naming(router: Router): Router {
  const match = (method: string, path: string): Match => named(router.match(method, path));
  return new Proxy(router, {
    get(target, property) {
      if (property === 'match') return match;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** New lists, because those of a router are kept for the next request. */
function named([routes, ...paramStash]: Match): Match {
  const names = routes.map(([[handler, route], ...params]) => {
    const called = (...args: unknown[]): unknown => {
      nameRoute(route);
      return handler(...args);
    };
    return [[called, route], ...params] as const;
  });
  return [names, ...paramStash];
}

/** The last handler that is called answers. A middleware of `use` is none, and where only those match there is no route. */
function nameRoute({ method, path }: Matched[1]): void {
  if (method === 'ALL' && path.endsWith('*')) return;
  const metadata: { route?: string } | undefined = rpcMetadata(context.active());
  if (metadata !== undefined) metadata.route = path;
}
