import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SDK } from './instrumentations.ts';
import { ownLocation } from './own-location.ts';
import type { SamplerLike, SpanExporterLike, SpanProcessorLike } from './sdk-types.ts';

/** Sizes and times of a BatchSpanProcessor; what is absent has the SDK's default. */
export interface BatchSettings {
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
}

/** The parts of the application's SDK that set-up needs, whatever its major version. */
export interface Sdk {
  batch(exporter: SpanExporterLike, settings: BatchSettings): SpanProcessorLike;
  simple(exporter: SpanExporterLike): SpanProcessorLike;
  consoleExporter(): SpanExporterLike;
  alwaysOn(): SamplerLike;
  alwaysOff(): SamplerLike;
  parentBased(root: SamplerLike): SamplerLike;
  traceIdRatio(ratio: number): SamplerLike;
  /** An exporter from a package that the SDK depends on; throws when there is none. */
  exporterFrom(packageName: string, className: string): SpanExporterLike;
}

type Classes = Readonly<Record<string, new (...args: unknown[]) => unknown>>;

/** SDK 3 and SDK 2 from 2.9 on have the first of these, which takes one object; older ones only the second. */
const TRACE_PACKAGES = [
  { name: '@opentelemetry/sdk-trace', takesObject: true },
  { name: '@opentelemetry/sdk-trace-base', takesObject: false },
];

/**
 * Finds the SDK that the application uses. It is never imported: SDK 2 and SDK 3 both work because neither is a
 * dependency. The packages are looked up from `sdk-node`, so they are the very ones that NodeSDK works with,
 * also where the package manager keeps them out of the application's reach.
 *
 * @returns undefined when no SDK is found
 */
export function loadSdk(places: readonly string[] = placesToLook()): Sdk | undefined {
  for (const place of places) {
    const near = requireFrom(place);
    const sdkNode = near && resolved(near, SDK);
    const from = sdkNode === undefined ? near : requireFrom(sdkNode);
    for (const candidate of TRACE_PACKAGES) {
      const classes = from && loaded(from, candidate.name);
      if (from !== undefined && classes !== undefined) return sdkOf(from, classes, candidate.takesObject);
    }
  }
  return undefined;
}

/** The application's main file, its working directory, this file. */
export function placesToLook(): string[] {
  // PM2 starts a file of its own, and names the application's here.
  const main = process.env['pm_exec_path'] ?? process.argv[1];
  const own = ownLocation();
  return [
    ...(main === undefined ? [] : [main]),
    join(process.cwd(), 'package.json'),
    ...(own === undefined ? [] : [own]),
  ];
}

/** `require` as a file there has it; undefined where there can be none. */
export function requireFrom(place: string): NodeJS.Require | undefined {
  try {
    return createRequire(place);
  } catch {
    return undefined;
  }
}

/** The file of a package or module; undefined when it is not found. */
function resolved(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name);
  } catch {
    return undefined;
  }
}

/** The file of a package, where one of several places has it. */
export type Find = (name: string) => string | undefined;

/** Looks a package up from each of the places in turn. */
export function finder(places: readonly string[]): Find {
  const near = places.flatMap((place) => requireFrom(place) ?? []);
  return (name) => {
    for (const from of near) {
      const file = resolved(from, name);
      if (file !== undefined) return file;
    }
    return undefined;
  };
}

function loaded(from: NodeJS.Require, name: string): Classes | undefined {
  return resolved(from, name) === undefined ? undefined : (from(name) as Classes);
}

function sdkOf(from: NodeJS.Require, classes: Classes, takesObject: boolean): Sdk {
  const processor = (
    name: string,
    exporter: SpanExporterLike,
    settings: BatchSettings,
  ): SpanProcessorLike => {
    const args = takesObject ? [{ exporter, ...settings }] : [exporter, settings];
    return make(classes, name, ...args) as SpanProcessorLike;
  };
  const sampler = (name: string, ...args: unknown[]): SamplerLike =>
    make(classes, name, ...args) as SamplerLike;
  return {
    batch: (exporter, settings) => processor('BatchSpanProcessor', exporter, settings),
    simple: (exporter) => processor('SimpleSpanProcessor', exporter, {}),
    consoleExporter: () => make(classes, 'ConsoleSpanExporter') as SpanExporterLike,
    alwaysOn: () => sampler('AlwaysOnSampler'),
    alwaysOff: () => sampler('AlwaysOffSampler'),
    parentBased: (root) => sampler('ParentBasedSampler', { root }),
    traceIdRatio: (ratio) => sampler('TraceIdRatioBasedSampler', ratio),
    exporterFrom: (packageName, className) =>
      make(from(packageName) as Classes, className) as SpanExporterLike,
  };
}

function make(classes: Classes, name: string, ...args: unknown[]): unknown {
  const constructor = classes[name];
  if (constructor === undefined) throw new TypeError(`the SDK has no ${name}`);
  return new constructor(...args);
}
