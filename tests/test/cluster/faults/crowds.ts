import { until } from '@cerberus-otel/test-support/deadline';
import { oneOf, type Fault } from '../fault.js';

/** @param exporters - so many more come, and lose their connection at the same moment as all others */
export function allReconnect(exporters: number): Fault {
  return {
    name: `${exporters} more exporters, and all others, reconnect at once`,
    millis: 500,
    at({ balancers, load, crowded }, random) {
      return {
        impossible: balancers.length === 0 ? 'there is no balancer' : undefined,
        async inject() {
          if (!crowded.done) await load.join(oneOf(balancers, random).wsUrl, exporters);
          crowded.done = true;
          await until(
            'all have been served',
            async () => (await load.books()).every(({ acked }) => acked > 0),
            60_000,
          );
          await Promise.all(balancers.map((each) => each.kill()));
        },
        async heal() {
          await Promise.all(balancers.map((each) => each.startAgain()));
        },
      };
    },
  };
}
