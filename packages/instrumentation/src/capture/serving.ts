import type { RequestStart } from './arrived-request.ts';

/** The request whose SERVER span is just starting: one place for both copies of this package. */
interface Serving {
  start: RequestStart | undefined;
}

const SERVING = Symbol.for('@cerberus-otel/serving.v1');
const serving = ((globalThis as Record<symbol, unknown>)[SERVING] ??= { start: undefined }) as Serving;

/** Runs `startSpan`, which starts the SERVER span of this request and of no other: nobody has to guess whose it is. */
export function whileServing<T>(start: RequestStart, startSpan: () => T): T {
  serving.start = start;
  try {
    return startSpan();
  } finally {
    serving.start = undefined;
  }
}

/** The request whose SERVER span is starting, where whoever starts it knows it. */
export function requestBeingServed(): RequestStart | undefined {
  return serving.start;
}
