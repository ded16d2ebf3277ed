import { createRequire } from 'node:module';

/** Folders of `benchmarks/peers`, each with a lockfile of its own. */
export type PeerSet = 'otel' | 'application' | 'auto-instrumentations';

/**
 * Loads a package that only the benchmarks install.
 *
 * @throws Error when it is not installed or does not run on this Node
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows what it loads
export function requirePeer<T>(set: PeerSet, name: string): T {
  return createRequire(new URL(`../../peers/${set}/package.json`, import.meta.url))(name) as T;
}

/** The version of an installed peer. */
export function peerVersion(set: PeerSet, name: string): string {
  const path = `../../peers/${set}/node_modules/${name}/package.json`;
  return (createRequire(import.meta.url)(path) as { readonly version: string }).version;
}
