import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import { context, isValidTraceId, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { findRecord } from './active-request.ts';
import { REQUEST_START, type Announcement } from './announcements.ts';
import type { RequestStart } from './arrived-request.ts';
import { HTTP_ROUTE } from './http-attributes.ts';
import { endServerSpan, startServerSpan } from './own-server-span.ts';
import type { OwnSpan } from './own-span.ts';
import { REQUEST, type RequestRecord, type RequestSpan } from './request-record.ts';
import { rpcMetadata } from './rpc-metadata.ts';

/** Where both copies of this package find the record of a request that no span in the context leads to. */
const CURRENT = Symbol.for('@cerberus-otel/own-requests.v1');

type Current = AsyncLocalStorage<RequestRecord | undefined>;
/** `emit` of an event emitter; all arguments, the event first. */
type Emit = (this: EventEmitter, ...all: unknown[]) => boolean;

function current(): Current | undefined {
  return (globalThis as Record<symbol, unknown>)[CURRENT] as Current | undefined;
}

/** The record of the request in whose course this is called. */
export function currentRecord(): RequestRecord | undefined {
  return findRecord(context.active()) ?? current()?.getStore();
}

/**
 * Counts the requests that Node announces without anybody's instrumentation, for a process in which spans are somebody
 * else's: no module is patched, no context of theirs is changed, and nobody else sees a span more.
 *
 * What others say of a request is taken from the context in which its response ends: the route and the trace.
 *
 * @param processor is told of a SERVER span for each request, and takes none when it is shut down; must have subscribed to
 *   requests before
 * @param first what Node is saying at this moment, if anything, which whoever subscribes now does not hear
 * @returns what ends it; requests under way are still counted
 */
export function captureOwnRequests(processor: SpanProcessorLike, first?: Announcement): () => void {
  const shared = globalThis as Record<symbol, unknown>;
  const store = (shared[CURRENT] ??= new AsyncLocalStorage()) as Current;
  const onStart = (message: unknown): void => guarded(() => begin(message as RequestStart, processor, store));
  if (first?.channel === REQUEST_START) onStart(first.message);
  subscribe(REQUEST_START, onStart);
  return () => void unsubscribe(REQUEST_START, onStart);
}

/** Nothing that goes wrong here may reach the server. */
function guarded(work: () => void): void {
  try {
    work();
  } catch {
    // The request is then counted with what is known of it.
  }
}

function begin(start: RequestStart, processor: SpanProcessorLike, store: Current): void {
  const { request, response } = start;
  const span: OwnSpan & RequestSpan = startServerSpan(processor, start, ROOT_CONTEXT);
  const record = span[REQUEST];
  // For its handler, which is called next.
  store.enterWith(record);
  carry(request, store, record, () => undefined);
  carry(response, store, record, (event) => {
    // Emitted while the application ends the response, in its context.
    if (event === 'prefinish') guarded(() => learn(span));
    else if (event === 'close' && !span.ended) guarded(() => endServerSpan(span, response.statusCode));
  });
}

/**
 * Lets the listeners of an emitter find the record too. What Node's parser says of a request later, such as the end of its body, comes
 * from outside of what was entered for the handler: from Node.js 24 on always.
 *
 * @param hear told of each event before its listeners, which an application may take away
 */
function carry(
  emitter: EventEmitter,
  store: Current,
  record: RequestRecord | undefined,
  hear: (event: unknown) => void,
): void {
  // oxlint-disable-next-line typescript/unbound-method -- called on its emitter
  const emit = emitter.emit as Emit;
  function emitWithin(this: EventEmitter, ...all: unknown[]): boolean {
    const [event] = all;
    if (this === emitter) hear(event);
    if (this.listenerCount(event as string) === 0) return Reflect.apply(emit, this, all);
    return store.run(record, apply, emit, this, all);
  }
  emitter.emit = emitWithin;
}

function apply(emit: Emit, emitter: EventEmitter, all: unknown[]): boolean {
  return Reflect.apply(emit, emitter, all);
}

/** What others know of the request as it is answered: the route, and under which trace it is known. */
function learn(span: OwnSpan): void {
  const active = context.active();
  const route = rpcMetadata(active)?.route;
  if (typeof route === 'string' && route !== '') span.attributes[HTTP_ROUTE] = route;
  const traceId = trace.getSpanContext(active)?.traceId;
  if (traceId !== undefined && isValidTraceId(traceId)) span.moveTo(traceId);
}
