import { ownLocation } from '../sdk/own-location.ts';
import { placesToLook, requireFrom, resolved } from '../sdk/sdk-loader.ts';
import type * as Cerberus from '../setup/with-cerberus.ts';
import type { ShutdownLike } from './ending.ts';

/** What set-up needs, loaded only when it is asked for. */
export interface FoundPackages {
  /** The file for `module.register`. */
  readonly loaderHook: string;
  readonly withCerberus: typeof Cerberus.withCerberus;
  /** All of auto-instrumentations-node where it is installed, else those for servers that are. */
  instrumentations(): unknown[];
  nodeSdk(configuration: object): ShutdownLike & { start(): void };
}

/** What was found, or which packages have to be installed. */
export interface Search {
  readonly found: FoundPackages | undefined;
  readonly missing: readonly string[];
}

type Exports = Readonly<Record<string, new (...args: unknown[]) => unknown>>;
type Find = (name: string) => string | undefined;

const SDK = '@opentelemetry/sdk-node';
const API = '@opentelemetry/api';
const BUNDLE = '@opentelemetry/auto-instrumentations-node';
const HTTP = '@opentelemetry/instrumentation-http';
const HOOK = '@opentelemetry/instrumentation/hook.mjs';

/** By package; HTTP is needed, the others give routes and nested spans. */
const INSTRUMENTATIONS: Readonly<Record<string, string>> = {
  [HTTP]: 'HttpInstrumentation',
  '@opentelemetry/instrumentation-express': 'ExpressInstrumentation',
  '@opentelemetry/instrumentation-koa': 'KoaInstrumentation',
  '@opentelemetry/instrumentation-hapi': 'HapiInstrumentation',
  '@opentelemetry/instrumentation-nestjs-core': 'NestInstrumentation',
};

/** The version that has to be said: this package works with these majors of the API only. */
const VERSIONS: Readonly<Record<string, string>> = { [API]: '@1.9' };

/**
 * Looks for OpenTelemetry from the application, as `withCerberus` does, loading nothing. They are loaded by
 * `require` in both copies of this package: it is synchronous, so that set-up is done when the application starts.
 */
export function findPackages(places: readonly string[] = placesToLook()): Search {
  const find = finder(places);
  const own = ownLocation();
  const sdkNode = find(SDK);
  const instrumentation = find(BUNDLE) ?? find(HTTP);
  const api = own === undefined ? undefined : finder([own])(API);
  // From the instrumentation, because the hook and the instrumentation have to be of one copy.
  const loaderHook = instrumentation && finder([instrumentation, ...places])(HOOK);
  if (
    sdkNode === undefined ||
    instrumentation === undefined ||
    loaderHook === undefined ||
    own === undefined ||
    api === undefined
  ) {
    const missing = [
      ...(api === undefined ? [API] : []),
      ...(sdkNode === undefined ? [SDK] : []),
      ...(instrumentation === undefined ? [HTTP] : []),
      ...(instrumentation !== undefined && loaderHook === undefined
        ? ['@opentelemetry/instrumentation']
        : []),
    ];
    return { found: undefined, missing };
  }
  // From `dist/esm` and from `dist/cjs` the same file.
  const { withCerberus } = load(own, '../../cjs/index.js') as unknown as typeof Cerberus;
  return {
    missing: [],
    found: {
      loaderHook,
      withCerberus,
      instrumentations: () => makeInstrumentations(find),
      nodeSdk: (configuration) =>
        make(load(sdkNode, sdkNode), 'NodeSDK', configuration) as ShutdownLike & { start(): void },
    },
  };
}

/** What to type to have them. */
export function installCommand(packages: readonly string[]): string {
  return `npm install ${packages.map((name) => `${name}${VERSIONS[name] ?? ''}`).join(' ')}`;
}

function finder(places: readonly string[]): Find {
  const near = places.flatMap((place) => requireFrom(place) ?? []);
  return (name) => {
    for (const from of near) {
      const file = resolved(from, name);
      if (file !== undefined) return file;
    }
    return undefined;
  };
}

function makeInstrumentations(find: Find): unknown[] {
  const bundle = find(BUNDLE);
  if (bundle !== undefined) {
    const { getNodeAutoInstrumentations } = load(bundle, bundle) as unknown as {
      getNodeAutoInstrumentations: () => unknown[];
    };
    return getNodeAutoInstrumentations();
  }
  return Object.entries(INSTRUMENTATIONS).flatMap(([name, className]) => {
    const file = find(name);
    return file === undefined ? [] : [make(load(file, file), className)];
  });
}

function load(from: string, name: string): Exports {
  const near = requireFrom(from);
  if (near === undefined) throw new TypeError('no place to load from');
  return near(name) as Exports;
}

function make(from: Exports, className: string, ...args: unknown[]): unknown {
  const constructor = from[className];
  if (constructor === undefined) throw new TypeError(`no ${className}`);
  return new constructor(...args);
}
