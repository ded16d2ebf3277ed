import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import { apiKeyOf, bearerOf } from '../access/auth.ts';
import { verdictOn, type Grant, type TokenBook } from '../access/token-book.ts';
import { isTest } from '../event/test-event.ts';
import { fitText } from '../event/text-limits.ts';
import { isJsonObject, MAX_EVENT_BYTES, TEXT_LIMITS, type ReadEvent } from '../event/validation.ts';
import { readBody } from '../http/request-body.ts';
import { failure, unauthorized, type Reply } from '../http/response.ts';
import { groupBy } from '../nested-maps.ts';
import { NO_SERVICE_INFO } from '../store/questions/producer.ts';
import { parseMessage } from './message-json.ts';
import type { Receiver } from './receiver.ts';

/** Most events in one request (cerberus-contract: 413 above it). */
export const MAX_INGEST_EVENTS = 1000;
const HEALTH_SEGMENTS: ReadonlySet<string> = new Set(['health', 'health_check', 'ready']);

/** What an ingest request needs. */
export interface IngestContext {
  readonly receiver: Receiver;
  readonly tokens: TokenBook;
  readonly maxIngestBytes: number;
}

/** `POST /v1/ingest/batch`: events of gateways that cannot keep a WebSocket. At least once: it has no sequence. */
export async function ingestReply(request: IncomingMessage, context: IngestContext): Promise<Reply> {
  const { receiver, tokens, maxIngestBytes } = context;
  const key = apiKeyOf(request.headers) ?? bearerOf(request.headers);
  if (key === undefined) return refuse(receiver, unauthorized('missing X-API-Key'));
  const grant = tokens.findSender(key);
  if (grant === undefined) return refuse(receiver, failure(403, 'unknown API key'));
  if (verdictOn(grant, 'ingest') !== 'ok')
    return refuse(receiver, failure(403, 'this API key is not for sending'));
  const body = await readBody(request, maxIngestBytes);
  if (!body.ok) return tooLarge(receiver, `body is larger than ${maxIngestBytes} bytes`);
  const events = parseEvents(body.bytes);
  if (events === undefined) {
    receiver.counters.refused('not_json');
    const isEncoded = (request.headers['content-encoding'] ?? '') !== '';
    const rule = `body must be a JSON object with an \`events\` array${isEncoded ? ', as it is: no content-encoding is taken' : ''}`;
    return failure(400, rule);
  }
  if (events.length > MAX_INGEST_EVENTS) return tooLarge(receiver, `more than ${MAX_INGEST_EVENTS} events`);
  if (receiver.overloaded) {
    receiver.counters.refused('overloaded');
    return failure(503, 'overloaded', { 'retry-after': '1' });
  }
  const clientId = clientIdIn(request);
  if (!events.every((event) => isOwn(event, clientId, grant)))
    return refuse(receiver, failure(403, 'this API key is for another application'));
  return store(receiver, events, clientId);
}

/** Whether the key may send an event; what has no client id is skipped later. */
function isOwn(event: unknown, headerClientId: string | undefined, { application }: Grant): boolean {
  if (application === undefined || !isJsonObject(event)) return true;
  const clientId = event['client_id'] ?? headerClientId;
  return clientId === undefined || clientId === application;
}

function refuse(receiver: Receiver, reply: Reply): Reply {
  receiver.counters.refused('unauthorized');
  return reply;
}

function tooLarge(receiver: Receiver, error: string): Reply {
  receiver.counters.refused('too_large');
  // The rest of the body is not read: the connection cannot be used again.
  return failure(413, error, { connection: 'close' });
}

function parseEvents(bytes: Buffer): readonly unknown[] | undefined {
  try {
    const value = parseMessage(bytes.toString('utf8'));
    return isJsonObject(value) && Array.isArray(value['events']) ? value['events'] : undefined;
  } catch {
    return undefined;
  }
}

async function store(
  receiver: Receiver,
  values: readonly unknown[],
  clientId: string | undefined,
): Promise<Reply> {
  const read = values.flatMap((value) => readEvent(receiver, value, clientId) ?? []);
  const [accepted, skipped] = [read.length, values.length - read.length];
  const byClient = groupBy(read, ({ event }) => event.clientId);
  try {
    // All in this turn, so that they share a transaction.
    await Promise.all([...byClient].map(([client, events]) => append(receiver, client, events)));
  } catch {
    return failure(503, 'store failed', { 'retry-after': '1' });
  }
  // What comes again because it was not stored counts then.
  receiver.counters.add('skipped', skipped);
  return { status: 200, body: { accepted, skipped } };
}

function append(receiver: Receiver, clientId: string, read: readonly ReadEvent[]): Promise<unknown> {
  const events = read.map(({ event }) => event);
  const bytes = events.reduce((sum, event) => sum + event.customData.length + event.endpoint.length, 0);
  return receiver.append(
    {
      producer: {
        producer: `http:${clientId}`,
        clientId,
        mode: 'http',
        agent: null,
        service: NO_SERVICE_INFO,
      },
      seq: null,
      claim: null,
      after: null,
      events,
      rejected: 0,
      receivedAt: Date.now(),
      bytes,
    },
    read.flatMap(({ adjustments }) => adjustments),
  );
}

/** The event's own client id wins over the header's. */
function readEvent(
  receiver: Receiver,
  value: unknown,
  headerClientId: string | undefined,
): ReadEvent | undefined {
  if (!isJsonObject(value) || !fitsOneEvent(value)) return undefined;
  const { client_id: own } = value;
  const verdict = receiver.validate(value, own === undefined || own === null ? headerClientId : undefined);
  return !verdict.ok || isHealthCheck(verdict.event.endpoint) || isTest(verdict.event) ? undefined : verdict;
}

function fitsOneEvent(value: object): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value)) <= MAX_EVENT_BYTES;
  } catch {
    // JSON.parse reads any depth, JSON.stringify recurses.
    return false;
  }
}

function isHealthCheck(path: string): boolean {
  return HEALTH_SEGMENTS.has(path.split('/').findLast((segment) => segment !== '') ?? '');
}

/** Of `X-Client-Id`, whose bytes Node.js takes for Latin-1: what senders write is UTF-8, as in a body. */
function clientIdIn({ headers }: IncomingMessage): string | undefined {
  const sent = Buffer.from(String(headers['x-client-id'] ?? ''), 'latin1');
  const text = sent.toString(isUtf8(sent) ? 'utf8' : 'latin1');
  return fitText(text, TEXT_LIMITS.clientId).text || undefined;
}
