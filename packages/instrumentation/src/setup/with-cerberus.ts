import {
  CerberusWsExporter,
  type CerberusWsExporterOptions,
  type ResourceLike,
} from '@cerberus-otel/exporter-ws';
import {
  announce,
  CerberusConfigError,
  createReporter,
  EXPORTER_OPTION_NAMES,
  flag,
  processEnvironment,
  readOptions,
  refuseUnknown,
  type Environment,
} from '@cerberus-otel/exporter-ws/internal';
import { CerberusSpanProcessor } from '../cerberus-span-processor.ts';
import { PROCESSOR_OPTION_TABLE, type CerberusSpanProcessorOptions, type ProcessorSeams } from '../config.ts';
import { HttpServerInstrumentation } from '../http-server/http-server-instrumentation.ts';
import { nameOf } from '../observe/hook-failures.ts';
import { configurationFile, otelFlag } from '../sdk/otel-environment.ts';
import { feedsOnly, providerInPlace } from '../sdk/provider-in-place.ts';
import { loadSdk, type Sdk } from '../sdk/sdk-loader.ts';
import type { SamplerLike, SpanExporterLike, SpanProcessorLike } from '../sdk/sdk-types.ts';
import { bystander } from './bystander.ts';
import { CAPTURE_OPTION } from './capture-option.ts';
import {
  CerberusSampler,
  RECORD_OPTION,
  type CerberusSamplerOptions,
  type Recorded,
} from './cerberus-sampler.ts';
import { batchProcessor, processorsFromEnvironment } from './environment-processors.ts';
import { samplerFromEnvironment } from './environment-sampler.ts';
import { joinWhereLeftOut } from './joining.ts';

/**
 * Every option of the exporter, the span processor and the sampler; `token`, `tlsCa` and `allowInsecureTransport`
 * serve both connections, `selfObsMeterProvider` both components. Most can also be set in the environment.
 */
export interface CerberusOptions
  extends
    CerberusWsExporterOptions,
    Omit<CerberusSpanProcessorOptions, 'exporter' | keyof CerberusWsExporterOptions>,
    CerberusSamplerOptions {
  /**
   * What to do about options that cannot work: throw the `CerberusConfigError`, or warn and leave Cerberus off. Also as
   * `CERBERUS_STRICT`, for `register` too. Default: false.
   */
  strict?: boolean | undefined;
  /**
   * What makes the SERVER spans: `otel`, the instrumentations of the configuration alone; `light`, `HttpServerInstrumentation`, which
   * is added to them. Also as `CERBERUS_CAPTURE`, which says for `register` whether it sets up an SDK. Default: `auto`, here `otel`.
   */
  capture?: 'auto' | 'light' | 'otel' | undefined;
}

/** What is read and written of NodeSDK's configuration. */
export interface NodeSdkConfigurationLike {
  spanProcessors?: SpanProcessorLike[];
  /** SDK 2 only, deprecated there. */
  spanProcessor?: SpanProcessorLike;
  traceExporter?: SpanExporterLike;
  sampler?: SamplerLike;
  resource?: object | null;
  instrumentations?: readonly unknown[];
}

/** What `withCerberus` adds to a configuration. */
export type WithCerberus<Configuration> = Configuration &
  Pick<NodeSdkConfigurationLike, 'spanProcessors' | 'sampler'>;

const SWITCHES = { disabled: flag(false), strict: flag(false) };
const KNOWN = [
  ...new Set([
    ...EXPORTER_OPTION_NAMES,
    ...Object.keys(PROCESSOR_OPTION_TABLE),
    'record',
    'strict',
    'capture',
  ]),
];
const WITHOUT_SDK = '`capture` says what makes spans for an SDK; there is none here';
const OWN_EXPORTER = '`exporter` is an option of CerberusSpanProcessor; withCerberus makes its own';

/**
 * Adds Cerberus to the configuration of NodeSDK and leaves the rest as it is: the user's `traceExporter`,
 * `OTEL_TRACES_EXPORTER`, `spanProcessors`, `sampler` and `OTEL_TRACES_SAMPLER` keep working, although NodeSDK
 * by itself ignores most of them once it is given `spanProcessors` and a `sampler`.
 *
 * Never throws, unless `strict` asks for it. With options that cannot work it warns once and returns the configuration unchanged,
 * as it does with `CERBERUS_DISABLED=true` and `OTEL_SDK_DISABLED=true`, without the warning.
 *
 * @throws CerberusConfigError with `strict` only
 * @example new NodeSDK(withCerberus({ instrumentations }, { wsUrl, token, clientId, backendUrl })).start();
 */
export function withCerberus<Configuration extends object>(
  configuration: Configuration = {} as Configuration,
  options: CerberusOptions = {},
): WithCerberus<Configuration> {
  return unlessOff(options, configuration, (env) => ({
    ...configuration,
    ...additions(configuration, options, env),
  }));
}

/** What `setUp` makes; `off` where Cerberus is disabled, or its options cannot work and nobody is strict about it. */
function unlessOff<T>(options: CerberusOptions, off: T, setUp: (env: Environment) => T): T {
  const env = processEnvironment();
  try {
    if (typeof options !== 'object' || options === null)
      throw new CerberusConfigError('OPTION_INVALID', 'options', 'the options must be an object');
    return isDisabled(options, env) ? off : setUp(env);
  } catch (error) {
    if (isStrict(options, env)) throw error;
    createReporter('@cerberus-otel/instrumentation', env).condition('CERBERUS_CONFIG_INVALID', reason(error));
    return off;
  }
}

function isDisabled({ strict }: CerberusOptions, env: Environment): boolean {
  return otelFlag(env, 'OTEL_SDK_DISABLED') || readOptions(SWITCHES, { strict }, env).disabled;
}

/** A switch that cannot be read is one of the mistakes that are only reported. */
function isStrict(options: CerberusOptions, env: Environment): boolean {
  try {
    return readOptions({ strict: SWITCHES.strict }, { strict: options.strict }, env).strict;
  } catch {
    return false;
  }
}

function additions(
  configuration: NodeSdkConfigurationLike,
  options: CerberusOptions,
  env: Environment,
): Pick<NodeSdkConfigurationLike, 'spanProcessors' | 'sampler' | 'instrumentations'> {
  // Read only, for what the application is called; NodeSDK gets it as it is.
  const split = splitOptions({ ...resourceOf(configuration), ...options });
  announce('configuration', configuration);
  announce('sampler', split.sampler);
  const record = recordedIn(split, env);
  const { capture } = readOptions({ capture: CAPTURE_OPTION }, { capture: options.capture }, env);
  const sdk = lazySdk();
  const sampler = new CerberusSampler(configuration.sampler ?? samplerFromEnvironment(sdk(), env), {
    record,
  });
  // Ours is made last and runs first: whatever fails before leaves nothing open, and whatever another processor
  // throws in a hook keeps later processors from seeing the span, not this one.
  const others = otherProcessors(configuration, sdk, env);
  const processor: CerberusSpanProcessor = processorOf(split, {
    isAlone: () => others.length === 0 && isFedAlone(processor),
  });
  if (configurationFile(env) !== undefined || providerInPlace() !== undefined) {
    joinWhereLeftOut(processor, record, createReporter('@cerberus-otel/instrumentation', env));
  }
  return {
    sampler,
    spanProcessors: [processor, ...others.map((other) => bystander(other, processor))],
    ...(capture === 'light' && {
      instrumentations: [...(configuration.instrumentations ?? []), new HttpServerInstrumentation()],
    }),
  };
}

/** What counts without an SDK. */
export interface CerberusAlone {
  readonly processor: CerberusSpanProcessor;
  /** For an SDK that turns out to be there. */
  readonly record: Recorded;
}

/**
 * What `withCerberus` would add, for a process in which there is no SDK, or somebody else's. As there, throws only with `strict`.
 *
 * @returns undefined where Cerberus is off
 */
export function cerberusAlone(options: CerberusOptions = {}): CerberusAlone | undefined {
  return unlessOff<CerberusAlone | undefined>(options, undefined, (env) => {
    // Before they are read: a check-up tells of what is wrong with them.
    announce('withoutSdk', true);
    if (options.capture !== undefined)
      throw new CerberusConfigError('OPTION_MISPLACED', 'capture', WITHOUT_SDK);
    readOptions({ capture: CAPTURE_OPTION }, {}, env);
    const split = splitOptions(options);
    const record = recordedIn(split, env);
    // On a view of a span, or a span of its own.
    return { processor: processorOf(split, { isAlone: () => true }), record };
  });
}

/** Asked when requests are served: what is made of the configuration may have more processors than it. */
function isFedAlone(processor: CerberusSpanProcessor): boolean {
  const provider = providerInPlace();
  return provider !== undefined && feedsOnly(provider, processor);
}

function resourceOf({ resource }: NodeSdkConfigurationLike): Pick<CerberusOptions, 'resource'> {
  return typeof resource === 'object' && resource !== null && 'attributes' in resource
    ? { resource: resource as ResourceLike }
    : {};
}

function recordedIn({ sampler }: SplitOptions, env: Environment): Recorded {
  return readOptions({ record: RECORD_OPTION }, sampler, env).record;
}

function processorOf({ exporter, processor }: SplitOptions, seams: ProcessorSeams): CerberusSpanProcessor {
  const sender = new CerberusWsExporter(exporter);
  try {
    return new CerberusSpanProcessor({ ...processor, exporter: sender }, seams);
  } catch (error) {
    // It would send what earlier processes left on disk, though Cerberus is off.
    void sender.shutdown();
    throw error;
  }
}

/** In NodeSDK's order of precedence. */
function otherProcessors(
  { spanProcessors, spanProcessor, traceExporter }: NodeSdkConfigurationLike,
  sdk: () => Sdk,
  env: Environment,
): SpanProcessorLike[] {
  if (spanProcessors !== undefined) return spanProcessors;
  if (spanProcessor !== undefined) return [spanProcessor];
  if (traceExporter !== undefined) return [batchProcessor(sdk(), traceExporter, env)];
  return processorsFromEnvironment(sdk(), env);
}

function lazySdk(): () => Sdk {
  let sdk: Sdk | undefined;
  return () => {
    sdk ??= loadSdk();
    if (sdk !== undefined) return sdk;
    throw new CerberusConfigError(
      'OPTION_MISSING',
      'spanProcessors',
      'no OpenTelemetry SDK was found from the main module or the working directory; pass `spanProcessors` and ' +
        '`sampler` to withCerberus, which then needs nothing of it',
    );
  };
}

interface SplitOptions {
  readonly exporter: CerberusWsExporterOptions;
  readonly processor: CerberusSpanProcessorOptions;
  readonly sampler: CerberusSamplerOptions;
}

/** Gives each option to whom it belongs, some to two. */
function splitOptions(options: CerberusOptions): SplitOptions {
  // Before anything else is said of them: who writes `wsURL` has not forgotten it.
  refuseUnknown(options, KNOWN);
  const exporter: Record<string, unknown> = {};
  const processor: Record<string, unknown> = {};
  const sampler: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (name === 'strict' || name === 'capture') continue;
    if (name === 'exporter') throw new CerberusConfigError('OPTION_MISPLACED', name, OWN_EXPORTER);
    if (name === 'record') sampler[name] = value;
    if (EXPORTER_OPTION_NAMES.includes(name)) exporter[name] = value;
    if (Object.hasOwn(PROCESSOR_OPTION_TABLE, name)) processor[name] = value;
  }
  return { exporter, processor, sampler };
}

/** A foreign error may hold anything in its message, so only its kind is shown. */
function reason(error: unknown): string {
  const isOurs = error instanceof Error && error.name === 'CerberusConfigError';
  return `Cerberus is off, everything else runs: ${isOurs ? error.message : `set-up failed (${nameOf(error)})`}`;
}
