import { API, BUNDLE, HTTP, SDK } from '../sdk/instrumentations.ts';
import { configurationFile } from '../sdk/otel-environment.ts';
import { ownLocation } from '../sdk/own-location.ts';
import { finder, placesToLook } from '../sdk/sdk-loader.ts';
import type { ShutdownLike } from './ending.ts';
import { makeInstrumentations } from './instrumentations.ts';
import { load, make, type Exports } from './loading.ts';

/** What set-up needs, loaded only when it is asked for. */
export interface FoundPackages {
  /** The file for `module.register`. */
  readonly loaderHook: string;
  /** Those that are installed. */
  instrumentations(): readonly unknown[];
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

const HOOK = '@opentelemetry/instrumentation/hook.mjs';

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
  return {
    missing: [],
    found: {
      loaderHook,
      instrumentations: () => makeInstrumentations(find, instrumentation),
      nodeSdk: (configuration) => sdkOf(load(sdkNode, sdkNode), configuration),
    },
  };
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
