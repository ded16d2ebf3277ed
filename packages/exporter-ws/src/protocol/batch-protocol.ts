import type { EventBatch } from '../queue/event-batch.ts';
import type { Message } from './message.ts';
import type { ServiceMembers } from '../config/service-members.ts';

/** The subprotocol that stands for batch mode (PROTOCOL.md). */
export const BATCH_SUBPROTOCOL = 'cerberus.batch.v1';

/** A message of the server in batch mode. `other` is a type that this version does not know. */
export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly lastSeq: number;
      readonly maxInFlight: number | undefined;
      readonly maxFrameBytes: number | undefined;
    }
  | { readonly type: 'ack'; readonly seq: number }
  | { readonly type: 'invalid'; readonly seq: number; readonly rejected: readonly number[] }
  | { readonly type: 'throttle'; readonly seq: number; readonly retryAfterMillis: number }
  | { readonly type: 'other' };

/** A server that says 0 must not make a hot loop. */
const MIN_THROTTLE_MILLIS = 100;
const MAX_THROTTLE_MILLIS = 5 * 60_000;
const DEFAULT_THROTTLE_MILLIS = 1_000;

/** First message of a connection. What the application does not say of itself is left out. */
export function helloMessage(
  clientId: string,
  producer: string,
  agent: string,
  service: ServiceMembers = {},
): string {
  return JSON.stringify({ type: 'hello', client_id: clientId, producer, agent, ...service });
}

/** A frame of events, as UTF-8 JSON. */
export function eventsMessage(seq: number, events: EventBatch): Message {
  return [Buffer.from(`{"type":"events","seq":${seq},"events":[`), ...events.joined(), FRAME_END];
}

const FRAME_END = Buffer.from(']}');

/** Bytes that `eventsMessage` adds around the events, for a frame of `count`. */
export function envelopeBytes(count: number): number {
  const longestSeq = 16;
  return '{"type":"events","seq":,"events":[]}'.length + longestSeq + count;
}

/**
 * Reads a message of the server.
 *
 * @returns undefined for what is no message of the protocol: not JSON, no object, members of the wrong type
 */
export function parseServerMessage(text: string): ServerMessage | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const message = json as Readonly<Record<string, unknown>>;
  switch (message['type']) {
    case 'welcome':
      return welcome(message);
    case 'ack':
      return isSeq(message['seq']) ? { type: 'ack', seq: message['seq'] } : undefined;
    case 'nack':
      return nack(message);
    default:
      return typeof message['type'] === 'string' ? { type: 'other' } : undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isSeq(value: unknown): value is number {
  return isCount(value) && value > 0;
}

function welcome(message: Readonly<Record<string, unknown>>): ServerMessage | undefined {
  const lastSeq = message['last_seq'];
  if (!isCount(lastSeq)) return undefined;
  const maxInFlight = message['max_in_flight'];
  const maxFrameBytes = message['max_frame_bytes'];
  return {
    type: 'welcome',
    lastSeq,
    maxInFlight: isSeq(maxInFlight) ? maxInFlight : undefined,
    maxFrameBytes: isSeq(maxFrameBytes) ? maxFrameBytes : undefined,
  };
}

function nack(message: Readonly<Record<string, unknown>>): ServerMessage | undefined {
  const { seq, code, rejected, retry_after_millis: millis } = message;
  if (!isSeq(seq) || typeof code !== 'string') return undefined;
  if (code === 'invalid')
    return Array.isArray(rejected) && rejected.every(isCount)
      ? { type: 'invalid', seq, rejected }
      : undefined;
  // `throttle`, or what servers will say one day: to send the frame again later is right whatever has become of it.
  const wait = typeof millis === 'number' ? millis : DEFAULT_THROTTLE_MILLIS;
  const clamped = Math.min(Math.max(wait, MIN_THROTTLE_MILLIS), MAX_THROTTLE_MILLIS);
  return { type: 'throttle', seq, retryAfterMillis: clamped };
}
