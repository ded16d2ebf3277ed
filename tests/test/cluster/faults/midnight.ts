import { until } from '@cerberus-otel/test-support/deadline';
import type { Cluster } from '../cluster.js';
import type { Fault } from '../fault.js';

const DAY_MILLIS = 86_400_000;
const MOST_DAYS = 2;
/** By then all servers have been started anew. */
const RESTARTS_MILLIS = 10_000;

/** All servers are started anew, one after the other, with a clock on which it is just before midnight. */
export const midnight: Fault = {
  name: 'midnight comes',
  millis: 1_000,
  at: (cluster) => ({
    // Events would be too old to keep their time.
    impossible: cluster.clockShiftMillis > MOST_DAYS * DAY_MILLIS ? 'the clocks are far ahead' : undefined,
    async inject() {
      const before = await daysOf(cluster);
      const now = Date.now() + cluster.clockShiftMillis;
      const tomorrow = Math.ceil((now + 1) / DAY_MILLIS) * DAY_MILLIS;
      cluster.clockShiftMillis += tomorrow - now - RESTARTS_MILLIS;
      for (const node of cluster.nodes) {
        // One that is stopped asks its exporters to stay away for a while, which is not what this is about.
        await node.kill();
        await node.startAgain(cluster.clockShiftMillis);
      }
      await until('it is midnight', () => Date.now() + cluster.clockShiftMillis > tomorrow, 60_000);
      await until('events are of another day', async () => (await daysOf(cluster)) > before, 30_000);
    },
    heal: () => Promise.resolve(),
  }),
};

async function daysOf({ engines }: Cluster): Promise<number> {
  const [row] = await engines.ask<{ n: number }>('SELECT count(DISTINCT arrived)::int AS n FROM events');
  return row?.n ?? 0;
}
