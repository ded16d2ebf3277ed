/** What is used of an instrumentation of `@opentelemetry/instrumentation`; what begins with `_` is not public. */
export interface PatchingInstrumentation {
  readonly instrumentationName?: string;
  /** What its hooks look at; none where it patches nothing. `getModuleDefinitions()` makes new ones. */
  readonly _modules?: readonly ModuleDefinition[];
}

/** Puts something in the place of what a module exports. */
export type Patch = (exports: unknown, ...others: unknown[]) => unknown;

/** A module, or a file of one, that an instrumentation patches when it is loaded. */
export interface Patchable {
  patch?: Patch;
  readonly files?: readonly Patchable[];
}

/** A module that an instrumentation patches. */
export interface ModuleDefinition extends Patchable {
  readonly name: string;
  /** What was loaded, once it was. */
  moduleExports?: unknown;
  moduleVersion?: string;
}
