import { requiredBinaries } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { Cluster } from '../cluster/cluster.js';
import { endure, oneOf } from '../cluster/fault.js';
import { allFaults } from '../cluster/faults/all.js';
import type { Verdict } from '../cluster/oracle.js';
import { print, say } from './output.js';

const CROWD = 1_000;
const LONGEST_CALM_MILLIS = 4_000;

export interface ClusterStormSettings {
  readonly minutes: number;
  readonly eventsPerSecond: number;
  /** Says which faults come, where and when: with the same one they come again. */
  readonly seed: number;
}

/** Faults of a cluster in random order, each judged when it has healed. Ends at the first that broke a promise. @returns whether none did */
export async function clusterStorm({
  minutes,
  eventsPerSecond,
  seed,
}: ClusterStormSettings): Promise<boolean> {
  const binaries = requiredBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL is not installed');
  const random = seededRandom(seed);
  const faults = allFaults(CROWD);
  say(`Cluster: three servers, ${eventsPerSecond} events/s, --seed ${seed}\n`);
  const cluster = await Cluster.start(binaries);
  const counts = new Map<string, number>();
  let verdict: Verdict | undefined;
  try {
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end && (verdict === undefined || isKept(verdict))) {
      const fault = oneOf(faults, random);
      const occurrence = fault.at(cluster, random);
      if (occurrence.impossible !== undefined) continue;
      const calmMillis = random() * LONGEST_CALM_MILLIS;
      const started = performance.now();
      verdict = await endure(
        cluster,
        { ...occurrence, millis: fault.millis },
        { eventsPerSecond, calmMillis },
      );
      const seconds = ((performance.now() - started) / 1e3).toFixed(0);
      print(`${verdict.stored} of ${verdict.accepted} after ${seconds} s`, fault.name);
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
    }
  } finally {
    await cluster.close();
  }
  if (verdict === undefined) return false;
  print('faults', [...counts].map(([name, count]) => `${count} × ${name}`).join('; '));
  for (const [name, value] of Object.entries(verdict)) print(name, value);
  return isKept(verdict);
}

function isKept({ accepted, stored, missing, doubled, foreign, wrong }: Verdict): boolean {
  return accepted === stored && missing + doubled + foreign === 0 && wrong.length === 0;
}
