import { eventTime, type StoredEvent } from '../../event/event.ts';
import { countOne, within } from '../../nested-maps.ts';
import { latencyBucket } from '../figures/log-buckets.ts';
import type { LatenciesQuery, LatencyCells } from '../questions/latency-cells.ts';

/** Answers a {@link LatenciesQuery} from an array of events. */
export function countLatencies(
  events: readonly StoredEvent[],
  { bucketMillis }: LatenciesQuery,
): LatencyCells {
  const byStart = new Map<number, Map<number, number>>();
  for (const event of events) {
    if (event.latencyMs === null) continue;
    const start = Math.floor(eventTime(event) / bucketMillis) * bucketMillis;
    countOne(within(byStart, start), latencyBucket(event.latencyMs));
  }
  return [...byStart].flatMap(([start, counts]) =>
    [...counts].map(([bucket, count]) => ({ start, bucket, count })),
  );
}
