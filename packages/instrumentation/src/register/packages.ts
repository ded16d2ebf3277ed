import { configurationFile } from '../sdk/otel-environment.ts';
import { ownLocation } from '../sdk/own-location.ts';
import { placesToLook, requireFrom, resolved } from '../sdk/sdk-loader.ts';
import type * as Cerberus from '../setup/with-cerberus.ts';
import type { ShutdownLike } from './ending.ts';

/** The part of this package that sets up. */
interface OwnSetUp {
  readonly withCerberus: typeof Cerberus.withCerberus;
  readonly cerberusAlone: typeof Cerberus.cerberusAlone;
}

/** What set-up needs, loaded only when it is asked for. */
export interface FoundPackages {
  /** The file for `module.register`. */
  readonly loaderHook: string;
  readonly withCerberus: OwnSetUp['withCerberus'];
  /** All of auto-instrumentations-node where it is installed, else those for servers that are. */
  instrumentations(): unknown[];
  /** Not started. From `OTEL_CONFIG_FILE`, where that is set. */
  nodeSdk(configuration: object): Startable;
}

/** An SDK, as far as it is used. */
interface Startable extends ShutdownLike {
  start(): void;
}

/** What was found, or which packages have to be installed. */
export interface Search {
  readonly found: FoundPackages | undefined;
  readonly missing: readonly string[];
}

type StartNodeSdk = (configuration: object) => ShutdownLike;
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
  const { withCerberus } = loadSetUp(own);
  return {
    missing: [],
    found: {
      loaderHook,
      withCerberus,
      instrumentations: () => makeInstrumentations(find),
      nodeSdk: (configuration) => sdkOf(load(sdkNode, sdkNode), configuration),
    },
  };
}

/** Undefined where this file does not know where it is. */
export function ownSetUp(): OwnSetUp | undefined {
  const own = ownLocation();
  return own === undefined ? undefined : loadSetUp(own);
}

/** From `dist/esm` and from `dist/cjs` the same file. */
function loadSetUp(own: string): OwnSetUp {
  return load(own, '../../cjs/setup/with-cerberus.js') as unknown as OwnSetUp;
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

/** `NodeSDK` knows nothing of a configuration file; what does takes instrumentations, and no processors (SDK 2 and 3). */
function sdkOf(exports: Exports, configuration: object): Startable {
  const from = exports as Readonly<Record<string, unknown>>;
  // The name in SDK 3, and the one in SDK 2.
  const startNodeSdk = (from['startNodeSdk'] ?? from['startNodeSDK']) as StartNodeSdk | undefined;
  if (configurationFile(process.env) === undefined || startNodeSdk === undefined) {
    return make(exports, 'NodeSDK', configuration) as Startable;
  }
  let sdk: ShutdownLike | undefined;
  return {
    start: () => void (sdk = startNodeSdk(configuration)),
    shutdown: async () => sdk?.shutdown(),
  };
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
