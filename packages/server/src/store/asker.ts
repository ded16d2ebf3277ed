import { AsyncLocalStorage } from 'node:async_hooks';

const askers = new AsyncLocalStorage<AbortSignal>();

/**
 * Asks a store for somebody who may leave before the answer. A question that nobody waits for any more is not answered: it gives up its
 * place in the line, or is interrupted.
 *
 * @param gone - aborted when they have left
 */
export function askFor<T>(gone: AbortSignal, ask: () => T): T {
  return askers.run(gone, ask);
}

/** For whom something is asked, if for anybody who may leave. */
export function askerOf(): AbortSignal | undefined {
  return askers.getStore();
}
