/** Both copies of this package, and every second `--import` or `--require` of it, see the same flag. */
const REGISTERED = Symbol.for('@cerberus-otel/register.v1');

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
