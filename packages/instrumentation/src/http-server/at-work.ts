/** Where it is kept how many instances of `HttpServerInstrumentation` are at work, of whichever copy of this package. */
const AT_WORK = Symbol.for('@cerberus-otel/http-server-at-work.v1');
const shared: Record<symbol, number | undefined> = globalThis;

/** Whether SERVER spans are made from what Node announces; such an instrumentation patches nothing that tells of it. */
export function isHttpServerAtWork(): boolean {
  return (shared[AT_WORK] ?? 0) > 0;
}

/** @param change 1 for one that begins, -1 for one that ends */
export function countAtWork(change: 1 | -1): void {
  shared[AT_WORK] = (shared[AT_WORK] ?? 0) + change;
}
