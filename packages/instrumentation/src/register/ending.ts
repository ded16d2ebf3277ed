import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';

/** What is needed of NodeSDK to end it. */
export interface ShutdownLike {
  shutdown(): Promise<void>;
}

/**
 * A little more than Cerberus takes at most (5 s, and 1 s to hang up), and less than the 10 s after which
 * `docker stop` kills.
 */
const LIMIT_MILLIS = 7000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const FIRST_REQUEST = 'http.server.request.start';

/**
 * Sends what is left before the process ends: when it has nothing more to do, and on SIGTERM and SIGINT.
 *
 * There is no handler for a signal before the first request: with one, a program that is busy without pause
 * cannot be interrupted, and most programs that inherit `NODE_OPTIONS` serve nothing.
 */
export function flushAtTheEnd(sdk: ShutdownLike, processors: readonly SpanProcessorLike[]): void {
  const shutdown = once(() =>
    Promise.allSettled([sdk.shutdown(), ...processors.map((each) => each.shutdown())]),
  );
  const flush = (): Promise<unknown> => Promise.allSettled(processors.map((each) => each.forceFlush()));
  process.once('beforeExit', () => void shutdown());
  const onRequest = (): void => {
    unsubscribe(FIRST_REQUEST, onRequest);
    for (const signal of SIGNALS) handle(signal, shutdown, flush);
  };
  subscribe(FIRST_REQUEST, onRequest);
}

/**
 * With a handler of the application, it decides what a signal means, and may serve on: events are only sent.
 * Without one the process ends, by the signal as its parent expects, once the events are out.
 */
function handle(
  signal: NodeJS.Signals,
  shutdown: () => Promise<unknown>,
  flush: () => Promise<unknown>,
): void {
  const listener = (): void => {
    // First of all, so that libraries which end the process if theirs is the only handler see that it is, and a
    // second signal does what it would have done without us.
    process.off(signal, listener);
    if (process.listenerCount(signal) > 0) void flush();
    else void within(shutdown()).then(() => process.kill(process.pid, signal));
  };
  process.prependListener(signal, listener);
}

/** Settles with `work`, or after the limit. */
async function within(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MILLIS);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

function once<Result>(make: () => Result): () => Result {
  let made: { readonly result: Result } | undefined;
  return () => (made ??= { result: make() }).result;
}
