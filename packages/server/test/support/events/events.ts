import type { CerberusEvent } from '../../../dist/event/event.js';
import type { ProducerRef } from '../../../dist/store/questions/producer.js';
import type { Append, ProducerClaim, Store } from '../../../dist/store/store.js';

export const HASH = '317fe07e1ac9940e8317b616e8b528230172ed88a600c05e193dc71380c1e44c';
export const START = Date.parse('2025-03-01T12:00:00.000Z');

/** An event as a batch-mode client writes it. */
export function wireEvent(members: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    source_ip: HASH,
    endpoint: '/api/users/42',
    scheme: true,
    method: 'GET',
    custom_data: { items_processed: 10, cache_hit: true },
    timestamp: '2025-03-01T12:00:00.000Z',
    status_code: 200,
    latency_ms: 12.345,
    route: '/api/users/:id',
    outcome: 'completed',
    trace_id: '0af7651916cd43dd8448eb211c80319c',
    span_id: 'b7ad6b7169203331',
    ...members,
  };
}

/** An event as the validation hands it to a store. */
export function storeEvent(members: Partial<CerberusEvent> = {}): CerberusEvent {
  return {
    clientId: 'my-app',
    sourceIp: HASH,
    endpoint: '/api/users/42',
    scheme: true,
    method: 'GET',
    customData: '{"items_processed":10}',
    timestamp: START,
    statusCode: 200,
    latencyMs: 12.345,
    route: '/api/users/:id',
    outcome: 'completed',
    userId: 'user-1',
    userAgent: 'curl/8',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    sessionId: 'session-1',
    sampleRate: 0.5,
    errorType: 'TypeError',
    requestBodySize: 12,
    responseBodySize: 2 ** 40,
    protocolVersion: '1.1',
    syntheticType: 'bot',
    release: '1.2.3',
    environment: 'production',
    consumer: 'acme',
    consumerGroup: 'pro',
    consumerLabel: 'Acme Inc.',
    pathGroup: null,
    ...members,
  };
}

/** An event of which only what it must have is given. */
export function emptyEvent(): CerberusEvent {
  return {
    clientId: 'my-app',
    sourceIp: null,
    endpoint: '/',
    scheme: null,
    method: 'GET',
    customData: '{}',
    timestamp: null,
    statusCode: null,
    latencyMs: null,
    route: null,
    outcome: null,
    userId: null,
    userAgent: null,
    traceId: null,
    spanId: null,
    sessionId: null,
    sampleRate: null,
    errorType: null,
    requestBodySize: null,
    responseBodySize: null,
    protocolVersion: null,
    syntheticType: null,
    release: null,
    environment: null,
    consumer: null,
    consumerGroup: null,
    consumerLabel: null,
    pathGroup: null,
  };
}

export function producerRef(members: Partial<ProducerRef> = {}): ProducerRef {
  return {
    producer: 'producer-1',
    clientId: 'my-app',
    mode: 'batch',
    agent: 'test/1',
    service: { version: '1.2.3', environment: 'production', instanceId: 'instance-1' },
    ...members,
  };
}

export function append(members: Partial<Append> = {}): Append {
  return {
    producer: producerRef(),
    seq: 1,
    claim: null,
    after: null,
    events: [storeEvent()],
    rejected: 0,
    receivedAt: START + 50,
    bytes: 100,
    ...members,
  };
}

/** Highest stored sequence number of a producer, 0 if there is none. */
export async function lastSeqOf(store: Pick<Store, 'producer'>, producer: string): Promise<number> {
  return (await store.producer(producer))?.lastSeq ?? 0;
}

/** Claims a producer that is nobody else's. */
export async function claimOf(store: Store, producer = producerRef()): Promise<ProducerClaim> {
  const claim = await store.claim(producer);
  if (claim === undefined) throw new Error('the producer is of another application');
  return claim;
}
