import type { DuckDbStore, StoreLimits } from './store.ts';

/**
 * Opens a DuckDB file as {@link DuckDbStore.open} does. The engine, a native module of some dozen megabytes, is loaded by this: who
 * keeps events elsewhere does not need it.
 */
export async function openDuckDb(path: string, limits: StoreLimits): Promise<DuckDbStore> {
  const { DuckDbStore: Store } = await import('./store.ts');
  return Store.open(path, limits);
}
