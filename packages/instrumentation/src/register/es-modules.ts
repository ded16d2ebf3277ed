import type { Patch, PatchingInstrumentation } from './patching.ts';

/** Instrumentations that patch what `require` gives as if `import` gave it too. */
const MISTAKEN = new Set<unknown>(['@opentelemetry/instrumentation-connect']);

/**
 * Gives an instrumentation that takes every module for a function the function of an ES module's namespace. As it is, it
 * replaces the default export of `connect` by what cannot be called, and the application does not start.
 */
export function forEsModules(instrumentation: unknown): void {
  const { instrumentationName, _modules: definitions = [] } = instrumentation as PatchingInstrumentation;
  if (!MISTAKEN.has(instrumentationName)) return;
  for (const definition of definitions) {
    const { patch } = definition;
    if (patch !== undefined) definition.patch = ofDefault(patch);
  }
}

function ofDefault(patch: Patch): Patch {
  return (exports, ...others) => {
    if (typeof exports === 'function') return patch(exports, ...others);
    const namespace = exports as { default?: unknown };
    if (typeof namespace.default === 'function') namespace.default = patch(namespace.default, ...others);
    return exports;
  };
}
