import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { HAPI_ROUTERS, KOA_ROUTERS } from '../sdk/instrumentations.ts';
import { OF_HAPI } from './hapi.ts';
import { OF_KOA } from './koa.ts';
import { patch, type LatePatch } from './late-patch.ts';

/** Node says on it that a request has arrived, before its server is told. */
const REQUEST_START = 'http.server.request.start';

/** The frameworks whose routes can be had by a patch. */
export const PATCHABLE = ['koa', 'hapi'] as const;

export type PatchableFramework = (typeof PATCHABLE)[number];

const PATCHES: Readonly<Record<PatchableFramework, LatePatch>> = { koa: OF_KOA, hapi: OF_HAPI };

/** The packages whose routes are then known. */
const PACKAGES: Readonly<Record<PatchableFramework, readonly string[]>> = {
  koa: KOA_ROUTERS,
  hapi: HAPI_ROUTERS,
};

/**
 * The packages whose routes are known where these frameworks are patched.
 *
 * @param asked as in the environment; a word that it does not know is complained of by who reads all options
 */
export function namedByPatches(asked: string | undefined): ReadonlySet<string> {
  const words = asked?.split(',').map((word) => word.trim().toLowerCase()) ?? [];
  return new Set(
    PATCHABLE.filter((framework) => words.includes(framework)).flatMap((each) => PACKAGES[each]),
  );
}

/** The framework to patch for the routes of this package. */
export function patchNaming(name: string): PatchableFramework | undefined {
  return PATCHABLE.find((framework) => PACKAGES[framework].includes(name));
}

/**
 * Patches these frameworks when a server has its first request: whatever copies of them are in the cache of CommonJS modules by then,
 * where they are also when an ES module has imported them. Never throws.
 *
 * @returns what ends it, and puts the methods back
 */
export function patchFrameworks(frameworks: readonly PatchableFramework[]): () => void {
  if (frameworks.length === 0) return noop;
  const servers = new WeakSet<object>();
  const undone = new Map<unknown, () => void>();
  const onStart = (message: unknown): void => {
    // Somebody else may speak in Node's channel, and say less.
    const server = (message as { readonly server?: unknown } | null | undefined)?.server;
    if (typeof server !== 'object' || server === null || servers.has(server)) return;
    servers.add(server);
    for (const [exported, each] of loaded(frameworks)) {
      const undo = undone.has(exported) ? undefined : patch(exported, each);
      if (undo !== undefined) undone.set(exported, undo);
    }
  };
  subscribe(REQUEST_START, onStart);
  return () => {
    unsubscribe(REQUEST_START, onStart);
    for (const undo of undone.values()) undo();
    undone.clear();
  };
}

/** What the files export that are looked for. */
function loaded(frameworks: readonly PatchableFramework[]): (readonly [unknown, LatePatch])[] {
  try {
    const { cache } = process.getBuiltinModule('node:module').createRequire(process.execPath);
    const patches = frameworks.map((framework) => PATCHES[framework]);
    return Object.keys(cache).flatMap((name) => {
      const file = name.replaceAll('\\', '/');
      return patches
        .filter((each) => file.endsWith(each.file))
        .map((each) => [cache[name]?.exports as unknown, each] as const);
    });
  } catch {
    return [];
  }
}

function noop(): void {
  // Nothing is patched.
}
