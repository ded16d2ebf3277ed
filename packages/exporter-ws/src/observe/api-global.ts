/** The place of the API's globals, shared by every copy of `@opentelemetry/api` 1.x. */
const API_GLOBAL = Symbol.for('opentelemetry.js.api.1');

/** What was registered with the API, by whichever copy of it; undefined when nothing was. */
export function apiGlobal(): object | undefined {
  const api = (globalThis as Record<symbol, unknown>)[API_GLOBAL];
  return typeof api === 'object' && api !== null ? api : undefined;
}
