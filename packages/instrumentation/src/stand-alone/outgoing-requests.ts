import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { context } from '@opentelemetry/api';
import { spanToName, TRACEPARENT, TRACESTATE, writeTraceparent } from './trace-context.ts';

/** Node.js says on it, from 22 on, that a request was made and can still be changed. */
const HTTP_CREATED = 'http.client.request.created';
/** The same of undici, which `fetch` is, in every version of Node.js. */
const UNDICI_CREATE = 'undici:request:create';

/** A request of undici, as far as it is used. */
interface UndiciRequest {
  addHeader?(name: string, value: string): unknown;
  /** Lines, or names and values in turn. */
  readonly headers?: string | readonly unknown[];
}

/**
 * Names the active span to whoever a request goes to, in `traceparent` and `tracestate`. A header that is there stays, and where
 * tracing is suppressed nothing is said.
 *
 * @returns what ends it
 */
export function nameCallers(): () => void {
  subscribe(HTTP_CREATED, onCreated);
  subscribe(UNDICI_CREATE, onCreate);
  return () => {
    unsubscribe(HTTP_CREATED, onCreated);
    unsubscribe(UNDICI_CREATE, onCreate);
  };
}

function onCreated(message: unknown): void {
  guarded(() => nameCaller((message as { readonly request: ClientRequest }).request));
}

function onCreate(message: unknown): void {
  guarded(() => nameCallerOfUndici((message as { readonly request: UndiciRequest }).request));
}

function nameCaller(request: ClientRequest): void {
  // Given as a list, headers are written at once.
  if (request.headersSent || request.hasHeader(TRACEPARENT)) return;
  headersToAdd((name, value) => request.setHeader(name, value));
}

function nameCallerOfUndici(request: UndiciRequest): void {
  if (request.addHeader === undefined || hasTraceparent(request.headers)) return;
  headersToAdd((name, value) => request.addHeader?.(name, value));
}

function headersToAdd(add: (name: string, value: string) => void): void {
  const active = spanToName(context.active());
  if (active === undefined) return;
  add(TRACEPARENT, writeTraceparent(active));
  if (active.traceState !== undefined) add(TRACESTATE, active.traceState.serialize());
}

function hasTraceparent(headers: string | readonly unknown[] = []): boolean {
  if (typeof headers === 'string') return /^traceparent:/im.test(headers);
  return headers.some((name, index) => index % 2 === 0 && String(name).toLowerCase() === TRACEPARENT);
}

/** A request without the header is better than none. */
function guarded(work: () => void): void {
  try {
    work();
  } catch {
    // It goes without.
  }
}
