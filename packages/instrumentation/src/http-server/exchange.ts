import { EventEmitter } from 'node:events';
import { context, type Context, type Exception } from '@opentelemetry/api';
import type { RequestStart } from '../capture/arrived-request.ts';
import type { HookFailures } from '../observe/hook-failures.ts';

/** `emit` of an event emitter; all arguments, the event first. */
export type Emit = (this: unknown, ...all: unknown[]) => boolean;

/** What is made of requests. */
export interface Tracing<Traced extends { readonly context: Context }> {
  /** The context of a request that is to have no span; undefined for all others. */
  suppressed(start: RequestStart): Context | undefined;
  /** The server emits the request. */
  start(start: RequestStart): Traced;
  /** The response is over. */
  finish(traced: Traced, start: RequestStart): void;
  /** The handler threw, or the response emitted `error`. */
  fail(traced: Traced, error: Exception): void;
}

/** Sees what is emitted on a request and its response, and by the server that gives it out. */
export interface Follower {
  serve(server: unknown, emit: Emit, all: unknown[]): boolean;
  onRequest(request: EventEmitter, all: unknown[]): boolean;
  onResponse(response: EventEmitter, all: unknown[]): boolean;
}

/**
 * Where a request and its response carry their exchange. A registered symbol, so that the CommonJS and the ES module copy of this
 * package see each other's: a request is traced once.
 */
export const EXCHANGE: unique symbol = Symbol.for('@cerberus-otel/http-exchange.v1');

/**
 * A request and its response, from their announcement to the end of the response. Its span starts when the server emits the
 * request, and at the latest when the response is complete: Node itself answers some requests without emitting them.
 *
 * What others do at its start and end, such as processors, throws nothing into the application. It shows nothing of itself to
 * `inspect`, and hangs on the request alone: not on its span, which is reachable for longer.
 */
export class Exchange<Traced extends { readonly context: Context }> implements Follower {
  readonly #tracing: Tracing<Traced>;
  readonly #failures: HookFailures;
  readonly #start: RequestStart;
  /** What emitted before: of the prototype, or of somebody else. */
  readonly #emitOfRequest: Emit;
  readonly #emitOfResponse: Emit;
  /** Of the response's `finish`, before the application had it: Node's own, without which a connection is of no more use. */
  #finishListeners: number | undefined;
  #hasBegun = false;
  #isOver = false;
  /** In which listeners run. */
  #context: Context | undefined;
  #traced: Traced | undefined;

  constructor(tracing: Tracing<Traced>, failures: HookFailures, start: RequestStart) {
    this.#tracing = tracing;
    this.#failures = failures;
    this.#start = start;
    // oxlint-disable-next-line typescript/unbound-method -- called on its request
    this.#emitOfRequest = start.request.emit as Emit;
    // oxlint-disable-next-line typescript/unbound-method -- called on its response
    this.#emitOfResponse = start.response.emit as Emit;
  }

  /** The server emits the request: its listeners handle it. Throws what they throw. */
  serve(server: unknown, emit: Emit, all: unknown[]): boolean {
    this.#begin();
    if (this.#context === undefined) return Reflect.apply(emit, server, all);
    // Not again where the application hands the request on, as from `checkContinue` to `request`: it may listen by then.
    this.#finishListeners ??= this.#start.response.listenerCount('finish');
    try {
      return context.with(this.#context, dispatch, undefined, emit, server, all);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  onRequest(request: EventEmitter, all: unknown[]): boolean {
    if (!(#start in this)) return emitAsNode(request, all);
    return this.#listeners(request, this.#emitOfRequest, all);
  }

  onResponse(response: EventEmitter, all: unknown[]): boolean {
    if (!(#start in this)) return emitAsNode(response, all);
    const [event] = all;
    if (event === 'prefinish') this.#begin();
    else if (event === 'close') this.#finish();
    else if (event === 'error') this.#fail(all[1]);
    // What Node does when a response has finished needs no context.
    else if (event === 'finish' && response.listenerCount('finish') === this.#finishListeners)
      return Reflect.apply(this.#emitOfResponse, response, all);
    return this.#listeners(response, this.#emitOfResponse, all);
  }

  /** Entering a context costs more than most events, which nobody listens to. */
  #listeners(emitter: EventEmitter, emit: Emit, all: unknown[]): boolean {
    if (this.#context === undefined || emitter.listenerCount(all[0] as string) === 0)
      return Reflect.apply(emit, emitter, all);
    return context.with(this.#context, dispatch, undefined, emit, emitter, all);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    try {
      this.#context = this.#tracing.suppressed(this.#start);
      if (this.#context !== undefined) return;
      this.#traced = this.#tracing.start(this.#start);
      this.#context = this.#traced.context;
    } catch (error) {
      this.#failures.add('start of a request', error);
    }
  }

  #finish(): void {
    const traced = this.#ending();
    if (traced === undefined) return;
    try {
      this.#tracing.finish(traced, this.#start);
    } catch (failure) {
      this.#failures.add('end of a request', failure);
    }
  }

  #fail(error: unknown): void {
    // `throw undefined` is nothing to record.
    const traced = error ? this.#ending() : undefined;
    if (traced === undefined) return;
    try {
      this.#tracing.fail(traced, error as Exception);
    } catch (failure) {
      this.#failures.add('end of a request', failure);
    }
  }

  /** What is traced, the first time that it ends. */
  #ending(): Traced | undefined {
    if (this.#isOver) return undefined;
    this.#isOver = this.#traced !== undefined;
    return this.#traced;
  }
}

/** How one emits that was copied from a request or a response, without its exchange or with a copy of that, which is none. */
export function emitAsNode(copy: unknown, all: unknown[]): boolean {
  // oxlint-disable-next-line typescript/unbound-method -- called on the copy
  return Reflect.apply(EventEmitter.prototype.emit, copy, all as [string]);
}

function dispatch(emit: Emit, emitter: unknown, all: unknown[]): boolean {
  return Reflect.apply(emit, emitter, all);
}
