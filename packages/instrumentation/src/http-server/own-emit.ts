import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { RequestStart } from '../capture/arrived-request.ts';
import { emitAsNode, EXCHANGE, type Emit, type Follower } from './exchange.ts';

/** A request, a response, a stream of HTTP/2, or what somebody made of one with `Object.create`. */
type Carrier = EventEmitter & { [EXCHANGE]?: Follower };

/** Events with which a server, or a session of HTTP/2, gives out a request. */
const GIVES_OUT: ReadonlySet<unknown> = new Set(['request', 'checkContinue', 'checkExpectation', 'stream']);

/** Marks a server or a session that has an `emit` of ours, of whichever copy of this package. */
const ADOPTED = Symbol.for('@cerberus-otel/http-server.v1');

/** Whether a request is followed already. */
export function isFollowed(request: object): boolean {
  return EXCHANGE in request;
}

/** Lets an exchange see what is emitted on its request and its response, and by the server that gives it out. */
export function follow({ request, response, server }: RequestStart, exchange: Follower): void {
  adopt(server);
  attach(request, exchange, emitOfRequest);
  attach(response, exchange, emitOfResponse);
}

/** Lets an exchange see what is emitted on a stream, and by the session that gives it out. */
export function followStream(stream: ServerHttp2Stream, exchange: Follower): void {
  if (stream.session !== undefined) adopt(stream.session);
  attach(stream, exchange, emitOfResponse);
}

function attach(carrier: Carrier, exchange: Follower, emit: Carrier['emit']): void {
  carrier[EXCHANGE] = exchange;
  carrier.emit = emit;
}

/** Shared by all of them: a function for each would have to be collected with each. */
function emitOfRequest(this: Carrier, ...all: unknown[]): boolean {
  const follower = this[EXCHANGE];
  return follower === undefined ? emitAsNode(this, all) : follower.onRequest(this, all);
}

function emitOfResponse(this: Carrier, ...all: unknown[]): boolean {
  const follower = this[EXCHANGE];
  return follower === undefined ? emitAsNode(this, all) : follower.onResponse(this, all);
}

/** What servers emit with, as a class of them has it. */
interface Kind {
  readonly emit: object;
}

/** Whether HttpInstrumentation, or another one made with its means, has patched what this server emits with. */
export function isPatched(server: Server): boolean {
  // A class with an `emit` of its own calls that of the class which it extends; most have Node's.
  let kind = Object.getPrototypeOf(server) as Kind | null;
  while (kind !== null && kind.emit !== EventEmitter.prototype.emit) {
    if ('__wrapped' in kind.emit && kind.emit.__wrapped === true) return true;
    kind = Object.getPrototypeOf(kind) as Kind | null;
  }
  return false;
}

/** Gives a server or a session, at its first request, an `emit` of its own: requests are emitted in their context from this one on. */
function adopt(server: EventEmitter): void {
  const hasOwn = Object.hasOwn(server, 'emit');
  // A spy that was there before takes ours away, too, when it goes.
  if (hasOwn && ADOPTED in server) return;
  // oxlint-disable-next-line typescript/unbound-method -- called on its server
  const own = hasOwn ? (server.emit as Emit) : undefined;
  function emit(this: unknown, ...all: unknown[]): boolean {
    // Looked up each time: whoever patches the prototype later is to be asked too.
    const original = own ?? (Object.getPrototypeOf(server) as { readonly emit: Emit }).emit;
    const exchange = GIVES_OUT.has(all[0]) ? (all[1] as Carrier | undefined)?.[EXCHANGE] : undefined;
    return exchange === undefined ? Reflect.apply(original, this, all) : exchange.serve(this, original, all);
  }
  const hidden = { configurable: true, writable: true, enumerable: false };
  Object.defineProperties(server, {
    [ADOPTED]: { ...hidden, value: true },
    emit: { ...hidden, value: emit },
  });
}
