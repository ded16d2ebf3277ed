import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../harness/child.ts';
import type { Pair } from './pair.ts';

const EVENTS_PER_SECOND = 1_000;
const CALM_MILLIS = 3_000;

/** From the command that promotes the standby to acknowledgements of events that were made after it. */
export interface Promotion {
  readonly firstMillis: number;
  /** Until each exporter had one. */
  readonly allMillis: number;
}

/** What becomes of the primary, and how long it takes whoever watches over the pair to promote the standby. */
const WAYS: Readonly<Record<string, { readonly lose: (pair: Pair) => unknown; readonly millis: number }>> = {
  'the primary was killed a second ago': { lose: (pair) => pair.kill(), millis: 1_000 },
  'the primary does not answer since three seconds': { lose: (pair) => pair.freeze(), millis: 3_000 },
  'the primary does not answer since fifteen seconds': { lose: (pair) => pair.freeze(), millis: 15_000 },
};

/** For how long nothing is acknowledged. @param exporting - see exporting-process.ts */
export async function measurePromotions(
  pair: Pair,
  exporting: Child,
  rounds: number,
): Promise<Readonly<Record<string, readonly Promotion[]>>> {
  const results: Record<string, Promotion[]> = Object.fromEntries(
    Object.keys(WAYS).map((name) => [name, []]),
  );
  await exporting.call('rate', EVENTS_PER_SECOND);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { lose, millis }] of Object.entries(WAYS)) {
      await sleep(CALM_MILLIS);
      await lose(pair);
      await sleep(millis);
      await exporting.call('mark');
      const [promotion] = await Promise.all([exporting.call<Promotion>('acknowledged'), pair.promote()]);
      results[name]?.push(promotion);
      await pair.rejoin();
    }
  }
  return results;
}
