import { setMaxListeners } from 'node:events';

/** When something is given up. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Whether it took too long. */
  readonly isOver: () => boolean;
  /** It is done. */
  readonly end: () => void;
}

/**
 * Gives something up after some time, or when it is to stop. `AbortSignal.any` with `AbortSignal.timeout` does not: on Node.js 20, where
 * nothing else holds the latter, the garbage collector takes it away together with its timer.
 */
export function limitOf(millis: number, stop: AbortSignal): Limit {
  const controller = new AbortController();
  let isOver = false;
  const timer = setTimeout(() => {
    isOver = true;
    controller.abort();
  }, millis);
  const abort = (): void => controller.abort();
  // Each message that is on its way listens to the same; that they are many is no leak to warn of.
  setMaxListeners(0, stop);
  stop.addEventListener('abort', abort, { once: true });
  if (stop.aborted) abort();
  return {
    signal: controller.signal,
    isOver: () => isOver,
    end: () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', abort);
    },
  };
}
