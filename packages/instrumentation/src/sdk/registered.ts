/** Both copies of this package, and every second `--import` or `--require` of it, see the same flag. */
const REGISTERED = Symbol.for('@cerberus-otel/register.v1');
/** What `startCerberus` has started, of whichever copy. */
const STARTED = Symbol.for('@cerberus-otel/started.v1');

/** Whether `register` set this process up, or tried to. */
export function isRegistered(): boolean {
  return (globalThis as Record<symbol, unknown>)[REGISTERED] === true;
}

/** @returns false when it was marked before */
export function markRegistered(): boolean {
  if (isRegistered()) return false;
  (globalThis as Record<symbol, unknown>)[REGISTERED] = true;
  return true;
}

/** What `startCerberus` has started in this process, if anything. */
export function started(): unknown {
  return (globalThis as Record<symbol, unknown>)[STARTED];
}

/** @param running what is started from now on; undefined for nothing */
export function markStarted(running: unknown): void {
  (globalThis as Record<symbol, unknown>)[STARTED] = running;
}
