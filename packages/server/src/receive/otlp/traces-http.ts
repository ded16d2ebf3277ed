import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { apiKeyOf, bearerOf } from '../../access/auth.ts';
import { verdictOn, type Grant, type TokenBook } from '../../access/token-book.ts';
import { isTest } from '../../event/test-event.ts';
import { readBody } from '../../http/request-body.ts';
import { failure, unauthorized, type Reply, type TextReply } from '../../http/response.ts';
import type { RefusalReason } from '../../observe/counters.ts';
import type { Receiver } from '../receiver.ts';
import { BINARY_ENCODING } from './binary-encoding.ts';
import type { Encoding, ResourceSpans } from './encoding.ts';
import { JSON_ENCODING } from './json-encoding.ts';
import { maxPieces, TooManyPiecesError } from './pieces.ts';
import { senderOf } from './sender.ts';
import { SpanBatch } from './span-batch.ts';
import type { SpanEvents } from './span-events.ts';
import type { SpanWindow } from './span-window.ts';

/** What an OTLP request needs. */
export interface TracesContext {
  readonly receiver: Receiver;
  readonly tokens: TokenBook;
  readonly spanEvents: SpanEvents;
  readonly spanWindow: SpanWindow;
  /** Of a body, as it was sent and inflated. */
  readonly maxOtlpBytes: number;
}

const ENCODINGS: readonly Encoding[] = [BINARY_ENCODING, JSON_ENCODING];
/** So long spans are read at once, then others have their turn. */
const TURN_MILLIS = 5;
/** What gRPC calls what HTTP says with these; in `google.rpc.Status`. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 413: 8, 415: 3, 503: 14 };
const UNKNOWN_CODE = 2;

const inflate = promisify(gunzip);

/**
 * `POST /v1/traces`, as the OTLP specification has it over HTTP: HTTP and RPC SERVER spans become events, everything else is dropped
 * unread. It is answered when all is durable; at least once, of what a {@link SpanWindow} holds once.
 */
export async function tracesReply(request: IncomingMessage, context: TracesContext): Promise<Reply> {
  const encoding = encodingOf(request.headers['content-type']);
  const reply = await answer(request, encoding, context);
  return reply.status === 200 ? reply : asStatus(reply, encoding ?? JSON_ENCODING);
}

async function answer(
  request: IncomingMessage,
  encoding: Encoding | undefined,
  context: TracesContext,
): Promise<TextReply> {
  const { receiver, tokens } = context;
  const grant = grantOf(request, tokens);
  if ('status' in grant) return refuse(receiver, 'unauthorized', grant);
  if (encoding === undefined) return refuse(receiver, 'invalid_message', UNKNOWN_TYPE);
  if (receiver.overloaded) return refuse(receiver, 'overloaded', OVERLOADED);
  const body = await bodyOf(request, context.maxOtlpBytes);
  if (!body.ok) return refuse(receiver, body.reason, body.reply);
  const resources = requestIn(body.bytes, encoding, context.maxOtlpBytes);
  if ('status' in resources)
    return refuse(receiver, resources.status === 413 ? 'too_large' : 'invalid_message', resources);
  const batch = await readSpans(resources, grant, encoding, context);
  if (batch === undefined)
    return refuse(receiver, 'unauthorized', failure(403, 'the token is for another application'));
  // Others have had their turn meanwhile.
  if (receiver.overloaded) return refuse(receiver, 'overloaded', OVERLOADED);
  try {
    await batch.store(context.spanWindow);
  } catch {
    return failure(503, 'store failed', { 'retry-after': '1' });
  }
  return { status: 200, body: encoding.writeResponse(batch.partial), contentType: encoding.contentType };
}

const UNKNOWN_TYPE = failure(415, `only ${ENCODINGS.map((each) => each.contentType).join(' and ')}`);
const OVERLOADED = failure(503, 'overloaded', { 'retry-after': '1' });

function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return ENCODINGS.find((each) => each.contentType === type);
}

function grantOf({ headers }: IncomingMessage, tokens: TokenBook): Grant | TextReply {
  const token = bearerOf(headers) ?? apiKeyOf(headers);
  const grant = tokens.findSender(token);
  if (grant === undefined) return unauthorized('missing or wrong token');
  if (verdictOn(grant, 'ingest') !== 'ok') return failure(403, 'the token is not for sending');
  return grant;
}

function isOwn(clientId: string, { application }: Grant): boolean {
  return application === undefined || clientId === application;
}

type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: RefusalReason; readonly reply: TextReply };

async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const coding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (coding !== 'identity' && coding !== 'gzip') {
    const reply = failure(415, 'only gzip, or no compression', { 'accept-encoding': 'gzip' });
    return { ok: false, reason: 'invalid_message', reply };
  }
  // The rest of it is not read: the connection cannot be used again.
  const tooLarge = failure(413, `body is larger than ${maxBytes} bytes`, { connection: 'close' });
  const sent = await readBody(request, maxBytes);
  if (!sent.ok) return { ok: false, reason: 'too_large', reply: tooLarge };
  if (coding === 'identity') return sent;
  try {
    return { ok: true, bytes: await inflate(sent.bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      return { ok: false, reason: 'too_large', reply: tooLarge };
    return { ok: false, reason: 'invalid_message', reply: failure(400, 'the body is no gzip') };
  }
}

function requestIn(
  bytes: Buffer,
  encoding: Encoding,
  maxOtlpBytes: number,
): readonly ResourceSpans[] | TextReply {
  const most = maxPieces(maxOtlpBytes);
  try {
    return encoding.readRequest(bytes, most);
  } catch (error) {
    return error instanceof TooManyPiecesError
      ? failure(413, `more than ${most} resources, scopes, spans and attributes of resources`)
      : failure(400, 'the body is no ExportTraceServiceRequest');
  }
}

/** @returns `undefined` where a resource is of another application than the token is for: then nothing of the request is to be stored */
async function readSpans(
  resources: readonly ResourceSpans[],
  grant: Grant,
  encoding: Encoding,
  { receiver, spanEvents }: TracesContext,
): Promise<SpanBatch | undefined> {
  const batch = new SpanBatch(receiver);
  let begun = performance.now();
  for (const { attributes, spans } of resources) {
    const sender = senderOf(attributes, grant.application);
    if (!isOwn(sender.clientId, grant)) return undefined;
    for (const span of spans) {
      if (performance.now() - begun > TURN_MILLIS) {
        await nextTurn();
        begun = performance.now();
      }
      const verdict = spanEvents.judge(span, encoding, sender.clientId);
      if (verdict.kind !== 'event' || !isTest(verdict.event)) batch.add(sender, verdict);
    }
  }
  return batch;
}

function refuse(receiver: Receiver, reason: RefusalReason, reply: TextReply): TextReply {
  receiver.counters.refused(reason);
  return reply;
}

/** A failure as OTLP has it. */
function asStatus({ status, body, headers }: TextReply, encoding: Encoding): TextReply {
  const { error } = body as { readonly error: string };
  return {
    status,
    body: encoding.writeStatus(RPC_CODES[status] ?? UNKNOWN_CODE, error),
    contentType: encoding.contentType,
    ...(headers !== undefined && { headers }),
  };
}
