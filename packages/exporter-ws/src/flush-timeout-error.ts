/** `forceFlush()` ran out of time; nothing is lost by that, the events stay queued. */
export class CerberusFlushTimeoutError extends Error {
  readonly code = 'FLUSH_TIMEOUT';
  /** Events that were accepted before the call and are still not acknowledged. */
  readonly pending: number;

  constructor(pending: number, timeoutMillis: number) {
    super(`${pending} events were not acknowledged within ${timeoutMillis} ms`);
    this.name = 'CerberusFlushTimeoutError';
    this.pending = pending;
  }
}
