import { MINUTE_MILLIS } from '../../durations.ts';
import { eventTime, type Outcome, type StoredEvent } from '../../event/event.ts';
import { countOne, within } from '../../nested-maps.ts';
import { eventKeys, withinKeys, type EventKeys, type KeyTree } from './event-keys.ts';
import { latencyBucket } from './log-buckets.ts';

/** What some events with the same keys add to a minute. */
export interface MinuteCounts extends EventKeys {
  /** Begin of the minute, milliseconds since the epoch. */
  readonly start: number;
  /** Requests by outcome and status code. */
  readonly requests: ReadonlyMap<Outcome | null, ReadonlyMap<number | null, number>>;
  /** Requests by bucket of their latency, where they have one. */
  readonly latencies: ReadonlyMap<number, number>;
}

interface Counted extends MinuteCounts {
  readonly requests: Map<Outcome | null, Map<number | null, number>>;
  readonly latencies: Map<number, number>;
}

/** Counts events by minute and keys. */
export function countByMinute(events: readonly StoredEvent[]): readonly MinuteCounts[] {
  const minutes = new Map<number, KeyTree<Counted>>();
  const all: Counted[] = [];
  for (const event of events) {
    const start = Math.floor(eventTime(event) / MINUTE_MILLIS) * MINUTE_MILLIS;
    const { outcome, statusCode, latencyMs } = event;
    const keys = eventKeys(event);
    const ofEnvironment = withinKeys(within(minutes, start), keys);
    let counted = ofEnvironment.get(keys.synthetic);
    if (counted === undefined) {
      counted = { start, ...keys, requests: new Map(), latencies: new Map() };
      ofEnvironment.set(keys.synthetic, counted);
      all.push(counted);
    }
    countOne(within(counted.requests, outcome), statusCode);
    if (latencyMs !== null) countOne(counted.latencies, latencyBucket(latencyMs));
  }
  return all;
}
