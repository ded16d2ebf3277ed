import type { Environment } from '@cerberus-otel/exporter-ws/environment';
import { BUNDLE, HTTP, INSTRUMENTATIONS, type Instrumentation } from '../sdk/instrumentations.ts';
import { otelList } from '../sdk/otel-environment.ts';
import type { Find } from '../sdk/sdk-loader.ts';
import { forEsModules } from './es-modules.ts';
import { honoRoutes, type InstrumentationKit } from './hono-routes.ts';
import { load, make } from './loading.ts';

/**
 * All of auto-instrumentations-node where it is installed, else those of ours that are; and what names routes beside either.
 *
 * @param http a file of the package that brings HTTP's, from which `@opentelemetry/instrumentation` is taken
 */
export function makeInstrumentations(
  find: Find,
  http: string,
  env: Environment = process.env,
): readonly unknown[] {
  const bundle = find(BUNDLE);
  const known = bundle === undefined ? [] : allOf(bundle);
  const names = new Set(known.map(({ instrumentationName }) => instrumentationName));
  const isWanted = (nameInBundle: string | undefined): boolean =>
    bundle === undefined || (nameInBundle !== undefined && isEnabled(nameInBundle, env));
  const all = [
    ...known,
    ...INSTRUMENTATIONS.filter(({ name, besideBundle }) => isWanted(besideBundle) && !names.has(name))
      .filter(({ unless }) => unless === undefined || find(unless) === undefined)
      .flatMap((each) => makeInstalled(each, find)),
    ...(isWanted('hono') ? optional(() => honoRoutes(kitBeside(http))) : []),
  ];
  for (const each of all) forEsModules(each);
  return all;
}

function makeInstalled({ name, className, options }: Instrumentation, find: Find): unknown[] {
  const file = find(name);
  if (file === undefined) return [];
  const args = options === undefined ? [] : [options];
  const makeIt = (): unknown => make(load(file, file), className, ...args);
  return name === HTTP ? [makeIt()] : optional(makeIt);
}

/** One that cannot be made costs routes, not everything; the diagnosis of the first requests says so. */
function optional(makeIt: () => unknown): unknown[] {
  try {
    return [makeIt()];
  } catch {
    return [];
  }
}

function kitBeside(http: string): InstrumentationKit {
  return load(http, '@opentelemetry/instrumentation') as unknown as InstrumentationKit;
}

function allOf(bundle: string): readonly { readonly instrumentationName?: string }[] {
  const { getNodeAutoInstrumentations } = load(bundle, bundle) as unknown as {
    getNodeAutoInstrumentations: () => readonly { readonly instrumentationName?: string }[];
  };
  return getNodeAutoInstrumentations();
}

/** The settings of the bundle, which names instrumentations by their last part. */
function isEnabled(name: string, env: Environment): boolean {
  const enabled = otelList(env, 'OTEL_NODE_ENABLED_INSTRUMENTATIONS');
  const disabled = otelList(env, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS');
  return (enabled.length === 0 || enabled.includes(name)) && !disabled.includes(name);
}
