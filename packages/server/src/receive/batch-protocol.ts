import { storableText, withoutMark } from '../event/text-limits.ts';
import { isJsonObject } from '../event/validation.ts';
import type { ServiceInfo } from '../store/questions/producer.ts';
import { parseInParts } from './frame-parts.ts';
import { parseMessage } from './message-json.ts';
import { serviceInfoOf } from './service-info.ts';

/** Subprotocol name that a client offers and this server selects. */
export const BATCH_PROTOCOL = 'cerberus.batch.v1';

/** First message of a batch connection. */
export interface HelloMessage {
  readonly type: 'hello';
  readonly clientId: string;
  readonly producer: string;
  readonly agent: string | null;
  readonly service: ServiceInfo;
}

/** A frame of events. */
export interface EventsMessage {
  readonly type: 'events';
  readonly seq: number;
  readonly events: readonly unknown[];
}

/** Anything a client can send in batch mode. */
export type ClientMessage =
  | HelloMessage
  | EventsMessage
  | { readonly type: 'unknown' }
  | { readonly type: 'malformed'; readonly reason: 'not_json' | 'invalid_message'; readonly error: string };

/**
 * A producer names itself with a UUID; other ids of these characters are taken too. A colon is not among them: the
 * server's own rows (`event:…`, `http:…`) cannot be named.
 */
export const PRODUCER: RegExp = /^[\w-]{1,64}$/;

/** Of a client id in a `hello`, and of what an application says of itself. */
export const MAX_NAME_CHARACTERS = 256;

/** Reads one message of UTF-8. Never throws. */
export function parseClientMessage(bytes: Buffer): ClientMessage {
  const frame = parseInParts(bytes);
  if (frame !== undefined) return parseEvents(frame);
  let message: unknown;
  try {
    message = parseMessage(bytes.toString('utf8'));
  } catch {
    return { type: 'malformed', reason: 'not_json', error: 'message is not JSON' };
  }
  if (!isJsonObject(message) || typeof message['type'] !== 'string') {
    return malformed('message must be an object with a `type`');
  }
  if (message['type'] === 'hello') return parseHello(message);
  if (message['type'] === 'events') return parseEvents(message);
  return { type: 'unknown' };
}

function parseHello(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { client_id: clientId, producer, agent } = message;
  if (!isName(clientId)) return malformed('hello: `client_id` must be a string of 1 to 256 characters');
  if (typeof producer !== 'string' || !PRODUCER.test(producer)) {
    return malformed('hello: `producer` must be a UUID');
  }
  return {
    type: 'hello',
    // As the names of events are: what is stored of a connection is compared with what its next one says.
    clientId: storableText(clientId),
    producer,
    agent: isName(agent) ? storableText(agent) : null,
    service: serviceInfoOf(message),
  };
}

function parseEvents({ seq, events }: { readonly seq?: unknown; readonly events?: unknown }): ClientMessage {
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) {
    return malformed('events: `seq` must be a positive integer');
  }
  if (!Array.isArray(events)) return malformed('events: `events` must be an array');
  return { type: 'events', seq, events };
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    withoutMark(value) !== '' &&
    value.length <= MAX_NAME_CHARACTERS &&
    !value.includes('\0')
  );
}

function malformed(error: string): ClientMessage {
  return { type: 'malformed', reason: 'invalid_message', error };
}

/** What a client is told when it may begin. */
export interface Welcome {
  readonly lastSeq: number;
  readonly maxInFlight: number;
  readonly maxFrameBytes: number;
}

export function formatWelcome({ lastSeq, maxInFlight, maxFrameBytes }: Welcome): string {
  return JSON.stringify({
    type: 'welcome',
    last_seq: lastSeq,
    max_in_flight: maxInFlight,
    max_frame_bytes: maxFrameBytes,
  });
}

export function formatAck(seq: number): string {
  return JSON.stringify({ type: 'ack', seq });
}

/** Acknowledges a frame without the events at these indexes. */
export function formatInvalid(seq: number, rejected: readonly number[]): string {
  return JSON.stringify({ type: 'nack', seq, code: 'invalid', rejected });
}

/** Nothing of this frame or of later ones is taken until it comes again. */
export function formatThrottle(seq: number, retryAfterMillis: number): string {
  return JSON.stringify({ type: 'nack', seq, code: 'throttle', retry_after_millis: retryAfterMillis });
}
