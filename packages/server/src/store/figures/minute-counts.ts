import { MINUTE_MILLIS } from '../../durations.ts';
import { endpointName, eventTime, type Outcome, type StoredEvent } from '../../event/event.ts';
import { countOne, within } from '../../nested-maps.ts';
import { latencyBucket } from './log-buckets.ts';

/** What some events add to a minute of an endpoint. */
export interface MinuteCounts {
  /** Begin of the minute, milliseconds since the epoch. */
  readonly start: number;
  readonly clientId: string;
  readonly method: string;
  /** The name under which the endpoint is listed. */
  readonly endpoint: string;
  /** Requests by outcome and status code. */
  readonly requests: ReadonlyMap<Outcome | null, ReadonlyMap<number | null, number>>;
  /** Requests by bucket of their latency, where they have one. */
  readonly latencies: ReadonlyMap<number, number>;
}

interface Counted extends MinuteCounts {
  readonly requests: Map<Outcome | null, Map<number | null, number>>;
  readonly latencies: Map<number, number>;
}

/** Minute, client id, method, endpoint. */
type Tree = Map<number, Map<string, Map<string, Map<string, Counted>>>>;

/** Counts events by minute and endpoint. */
export function countByMinute(events: readonly StoredEvent[]): readonly MinuteCounts[] {
  const tree: Tree = new Map();
  const all: Counted[] = [];
  for (const event of events) {
    const start = Math.floor(eventTime(event) / MINUTE_MILLIS) * MINUTE_MILLIS;
    const { clientId, method, outcome, statusCode, latencyMs } = event;
    const endpoint = endpointName(event);
    const ofMethod = within(within(within(tree, start), clientId), method);
    let counted = ofMethod.get(endpoint);
    if (counted === undefined) {
      counted = { start, clientId, method, endpoint, requests: new Map(), latencies: new Map() };
      ofMethod.set(endpoint, counted);
      all.push(counted);
    }
    countOne(within(counted.requests, outcome), statusCode);
    if (latencyMs !== null) countOne(counted.latencies, latencyBucket(latencyMs));
  }
  return all;
}
