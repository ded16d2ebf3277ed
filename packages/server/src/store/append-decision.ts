import type { CerberusEvent, StoredEvent } from '../event/event.ts';
import { isSuperseded } from './claims.ts';
import type { ServiceInfo } from './questions/producer.ts';
import type { Append, AppendOutcome } from './store.ts';

/**
 * Decides an append against the producer's `last_seq`. Only the writer calls it, inside its transaction, so that what
 * it decides on cannot change before the commit.
 */
export function decideAppend(append: Append, lastSeq: number): AppendOutcome {
  if (append.seq === null) return { status: 'stored', skipped: 0 };
  if (append.seq <= lastSeq) return { status: 'duplicate' };
  if (append.after !== null && lastSeq < append.after) return { status: 'gap' };
  return { status: 'stored', skipped: append.seq - lastSeq - 1 };
}

/** What a group of appends means for its producers. */
export interface GroupDecision {
  readonly outcomes: readonly AppendOutcome[];
  /** The appends to store, in order. */
  readonly stored: readonly Append[];
  /** Change per producer, by key, in order of first appearance. */
  readonly producers: ReadonlyMap<string, ProducerChange>;
}

/** What a transaction adds to a producer row. */
export interface ProducerChange {
  readonly latest: Append;
  readonly lastSeq: number;
  readonly events: number;
  readonly rejected: number;
}

/**
 * Decides a whole group in order, each append on what those before it leave behind.
 *
 * @param claims - the newest claim of each producer that has one
 */
export function decideGroup(
  group: readonly Append[],
  lastSeqs: ReadonlyMap<string, number>,
  claims: ReadonlyMap<string, number>,
): GroupDecision {
  const producers = new Map<string, ProducerChange>();
  const stored: Append[] = [];
  const outcomes = group.map((append) => {
    const key = append.producer.producer;
    const before = producers.get(key);
    const lastSeq = before?.lastSeq ?? lastSeqs.get(key) ?? 0;
    const outcome: AppendOutcome = isSuperseded(append, claims)
      ? { status: 'superseded' }
      : decideAppend(append, lastSeq);
    if (outcome.status === 'stored') {
      stored.push(append);
      producers.set(key, {
        latest: append,
        lastSeq: append.seq ?? lastSeq,
        events: (before?.events ?? 0) + append.events.length,
        rejected: (before?.rejected ?? 0) + append.rejected,
      });
    }
    return outcome;
  });
  return { outcomes, stored, producers };
}

/** Gives the events of stored appends their ids, in order, and what their producers say of themselves where they do not. */
export function numberEvents(stored: readonly Append[], firstId: number): readonly StoredEvent[] {
  const numbered: StoredEvent[] = [];
  for (const { events, receivedAt, producer } of stored) {
    for (const event of events)
      numbered.push(storedEvent(event, firstId + numbered.length, receivedAt, producer.service));
  }
  return numbered;
}

/** Member by member: V8 copies an object by spreading several times slower. */
function storedEvent(
  event: CerberusEvent,
  id: number,
  receivedAt: number,
  { version, environment }: ServiceInfo,
): StoredEvent {
  return {
    id,
    receivedAt,
    clientId: event.clientId,
    sourceIp: event.sourceIp,
    endpoint: event.endpoint,
    scheme: event.scheme,
    method: event.method,
    customData: event.customData,
    timestamp: event.timestamp,
    statusCode: event.statusCode,
    latencyMs: event.latencyMs,
    route: event.route,
    outcome: event.outcome,
    userId: event.userId,
    userAgent: event.userAgent,
    traceId: event.traceId,
    spanId: event.spanId,
    sessionId: event.sessionId,
    sampleRate: event.sampleRate,
    errorType: event.errorType,
    requestBodySize: event.requestBodySize,
    responseBodySize: event.responseBodySize,
    protocolVersion: event.protocolVersion,
    syntheticType: event.syntheticType,
    release: event.release ?? version,
    environment: event.environment ?? environment,
    consumer: event.consumer,
    consumerGroup: event.consumerGroup,
    consumerLabel: event.consumerLabel,
    pathGroup: event.pathGroup,
  };
}
