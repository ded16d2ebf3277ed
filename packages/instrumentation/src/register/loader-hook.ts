import { isBuiltin, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { load } from './loading.ts';
import type { PatchingInstrumentation } from './patching.ts';

/** `DEP0205`, of `module.register`, is printed at each start from this Node.js on. */
const REGISTER_IS_DEPRECATED = 26;

/** What the loader hook is given: which modules it hooks, and a port on which it hears of more. */
interface HookOptions {
  readonly include: readonly (string | RegExp)[];
  readonly addHookMessagePort?: MessagePort;
}

/** `import-in-the-middle/register-hooks.mjs`: the hook in the application's own thread. */
interface SynchronousHook {
  supportsSyncHooks(): boolean;
  register(
    options: HookOptions & { readonly shouldInclude: (url: string, specifier: string) => boolean },
  ): void;
}

/**
 * Hooks the ES modules that somebody instruments, and no others: as it is by default, `import-in-the-middle` rewrites every module
 * of the application, which takes time, and some do not survive it.
 *
 * @param file of the loader hook of `@opentelemetry/instrumentation`
 * @param instrumentations whose modules are hooked with all their files; those of others that are made later, and with the same
 *   copy of the hook, where they are imported by the name of their package
 */
export function hookEsModules(file: string, instrumentations: readonly unknown[]): void {
  // Deno (tried: 2.9) has no such hook: its `register` does nothing, and a CommonJS module has none.
  if (process.versions['deno'] !== undefined) return;
  const include = hooked(instrumentations as readonly PatchingInstrumentation[]);
  const port = portOf(file);
  const synchronous = synchronousHook(file);
  if (synchronous !== undefined) {
    synchronous.register({ include, shouldInclude: matcher(include, port) });
    return;
  }
  const { href } = pathToFileURL(file);
  if (port === undefined) register(href, { data: { include } });
  else register(href, { data: { include, addHookMessagePort: port }, transferList: [port] });
}

/** Modules of Node.js by their names, those of packages by their place. */
function hooked(instrumentations: readonly PatchingInstrumentation[]): readonly (string | RegExp)[] {
  const names = new Set(
    instrumentations.flatMap(({ _modules: modules = [] }) => modules.map(({ name }) => name)),
  );
  const builtins = [...names].filter((name) => isBuiltin(name));
  const packages = [...names].filter((name) => !isBuiltin(name));
  return [...builtins, new RegExp(`/node_modules/(?:${packages.map(escaped).join('|')})/`)];
}

function escaped(name: string): string {
  return name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

/** On which the hook hears what is to be hooked from now on; undefined where a version cannot. */
function portOf(file: string): MessagePort | undefined {
  const { createAddHookMessageChannel: make } = load(file, 'import-in-the-middle') as unknown as {
    createAddHookMessageChannel?: () => { readonly addHookMessagePort: MessagePort };
  };
  return make?.().addHookMessagePort;
}

/** Where `module.register` is deprecated; undefined for a version of the hook that cannot be synchronous. */
function synchronousHook(file: string): SynchronousHook | undefined {
  if (Number.parseInt(process.versions.node, 10) < REGISTER_IS_DEPRECATED) return undefined;
  try {
    const hook = load(file, 'import-in-the-middle/register-hooks.mjs') as unknown as SynchronousHook;
    return hook.supportsSyncHooks() ? hook : undefined;
  } catch {
    return undefined;
  }
}

/** As the hook itself, but that it has heard of everything that was said before it is asked. */
function matcher(
  include: readonly (string | RegExp)[],
  port: MessagePort | undefined,
): (url: string, specifier: string) => boolean {
  const names = new Set(include.filter((each) => typeof each === 'string'));
  const patterns = include.filter((each) => typeof each !== 'string');
  return (url, specifier) => {
    for (const name of port === undefined ? [] : heardOn(port)) names.add(name);
    return (
      names.has(specifier) ||
      names.has(url.replace(/^node:/, '')) ||
      patterns.some((pattern) => pattern.test(url))
    );
  };
}

function* heardOn(port: MessagePort): Generator<string> {
  for (let heard = receiveMessageOnPort(port); heard !== undefined; heard = receiveMessageOnPort(port)) {
    yield* heard.message as readonly string[];
  }
}
