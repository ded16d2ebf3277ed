import { isBuiltin } from 'node:module';
import { ProxyTracerProvider, trace, type TracerProvider } from '@opentelemetry/api';
import type { ModuleDefinition, Patchable, PatchingInstrumentation } from './patching.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
/** Makes the function that takes the place of Node's. */
type MakeCall = (this: unknown, component: unknown, original: Call) => Call;

interface InstrumentationLike extends PatchingInstrumentation {
  isEnabled?(): boolean;
  setTracerProvider?(provider: TracerProvider): void;
  enable?(): void;
  disable?(): void;
  _incomingRequestFunction?: MakeCall;
  _outgoingRequestFunction?: MakeCall;
}

/** Listens to what is said when an application is made, long before the first connection. It makes no span before that. */
const AT_MAKING = '@fastify/otel';

/**
 * Instrumentations that can be told to keep out of the way, for the case that another OpenTelemetry SDK brings its own:
 * two of a kind would make two spans of everything, and taking a patch away from under another one takes away the other.
 *
 * Reads what is not public of `@opentelemetry/instrumentation`; where a version has it not, its instrumentations stay.
 */
export class Aside {
  readonly #instrumentations: readonly InstrumentationLike[];
  readonly #isToStayOut: () => boolean;
  /** Without a delegate until the SDK is started that they are for: their tracers make no spans, and never somebody else's. */
  readonly #tracers = new ProxyTracerProvider();
  #isSilent = false;
  readonly #made = new WeakSet<object>();

  /** @param isToStayOut asked for each module that is loaded, which is then not patched, and each request that is made or served */
  constructor(instrumentations: readonly unknown[], isToStayOut: () => boolean) {
    this.#instrumentations = instrumentations as readonly InstrumentationLike[];
    this.#isToStayOut = isToStayOut;
    for (const instrumentation of this.#instrumentations) {
      instrumentation.setTracerProvider?.(this.#tracers);
      for (const module of instrumentation._modules ?? []) this.#guard(module);
      this.#makeSwitchable(instrumentation, '_incomingRequestFunction');
      this.#makeSwitchable(instrumentation, '_outgoingRequestFunction');
      letOthersPatchToo(instrumentation);
    }
    for (const instrumentation of this.#listeners()) {
      if (instrumentation.instrumentationName !== AT_MAKING) instrumentation.disable?.();
    }
  }

  /** The SDK is started that they are for. */
  begin(): void {
    this.#tracers.setDelegate(trace.getTracerProvider());
    for (const instrumentation of this.#listeners()) instrumentation.enable?.();
  }

  /** Whether a function took the place of one of Node's for one of these. */
  made(replacement: object): boolean {
    return this.#made.has(replacement);
  }

  /** What they patched so far makes no span and no context. */
  silence(): void {
    this.#isSilent = true;
    for (const instrumentation of this.#listeners()) instrumentation.disable?.();
  }

  /** Those that patch nothing, and only listen to Node's channels: they come and go at any time. */
  #listeners(): readonly InstrumentationLike[] {
    return this.#instrumentations.filter(({ _modules: modules }) => modules?.length === 0);
  }

  #guard(module: Patchable): void {
    const { patch } = module;
    if (patch !== undefined) {
      module.patch = (exports, ...rest) =>
        this.#isToStayOut() ? exports : patch.call(module, exports, ...rest);
    }
    for (const file of module.files ?? []) this.#guard(file);
  }

  /** Of HTTP instrumentation: Node's own modules are patched before anybody else can be there. */
  #makeSwitchable(
    instrumentation: InstrumentationLike,
    name: '_incomingRequestFunction' | '_outgoingRequestFunction',
  ): void {
    const make = instrumentation[name];
    if (make === undefined) return;
    const isSilent = (): boolean => this.#isSilent || this.#isToStayOut();
    instrumentation[name] = (component, original) => {
      const patched = make.call(instrumentation, component, original);
      const replacement: Call = function (...args) {
        return (isSilent() ? original : patched).apply(this, args);
      };
      this.#made.add(replacement);
      return replacement;
    };
  }
}

/**
 * `require-in-the-middle` tells of a module once, when it is first required: who asks later for one that is loaded already
 * never hears of it. Node's own modules are loaded before anybody else can be there, so a further instrumentation of the
 * same class is told of them here, which would have been the first to hear of them without us.
 */
function letOthersPatchToo(own: InstrumentationLike): void {
  const ownModules = own._modules?.filter(({ name }) => isBuiltin(name)) ?? [];
  const kind = Object.getPrototypeOf(own) as { init?: (this: InstrumentationLike) => unknown };
  const { init } = kind;
  if (ownModules.length === 0 || init === undefined) return;
  kind.init = function () {
    // When it is constructed, and has heard of what it does hear of.
    queueMicrotask(() => {
      if (this.isEnabled?.() === true) tellOf(ownModules, this._modules ?? []);
    });
    return init.call(this);
  };
}

function tellOf(heard: readonly ModuleDefinition[], modules: readonly ModuleDefinition[]): void {
  for (const module of modules) {
    const loaded = heard.find(({ name }) => name === module.name);
    if (loaded?.moduleExports === undefined || module.moduleExports !== undefined) continue;
    module.moduleExports = loaded.moduleExports;
    if (loaded.moduleVersion !== undefined) module.moduleVersion = loaded.moduleVersion;
    module.patch?.(loaded.moduleExports, loaded.moduleVersion);
  }
}
