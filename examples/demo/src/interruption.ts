/** A second signal that comes within this time is the first one again: npm may pass on what the terminal sent. */
const ECHO_MILLIS = 500;

/**
 * Turns the signals that ask the demo to end into an `AbortSignal`. The first one ends it in order; one more,
 * after a moment, ends it at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (): void => {
    if (first === undefined) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > ECHO_MILLIS) {
      process.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}
