import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import type { Verdict } from './oracle.js';

/** Something that can go wrong with a cluster. */
export interface Fault {
  readonly name: string;
  /** How long it lasts: from the end of {@link Occurrence.inject} to {@link Occurrence.heal}. */
  readonly millis: number;
  /** @param random - from 0 to 1, chooses what is hit */
  readonly at: (cluster: Cluster, random: () => number) => Occurrence;
}

/** It, once. */
export interface Occurrence {
  /** Why it cannot be done here, so that it is skipped. */
  readonly impossible?: string | undefined;
  /** @throws Error when it hit nothing, for then it says nothing */
  readonly inject: () => Promise<void>;
  readonly heal: () => Promise<void>;
}

/** How the load goes on around a fault. */
export interface Course {
  readonly eventsPerSecond: number;
  /** Before the fault and after it. */
  readonly calmMillis: number;
}

/** Lets a fault happen under load, and says what became of all events since the cluster was started. */
export async function endure(
  cluster: Cluster,
  { inject, heal, millis }: Occurrence & Pick<Fault, 'millis'>,
  course: Course,
): Promise<Verdict> {
  await cluster.load.rate(course.eventsPerSecond);
  await sleep(course.calmMillis);
  try {
    await inject();
    await sleep(millis);
  } finally {
    await heal();
  }
  await sleep(course.calmMillis);
  await cluster.load.rate(0);
  return cluster.verdict();
}

/** One of several. */
export function oneOf<T>(all: readonly T[], random: () => number): T {
  const chosen = all[Math.floor(random() * all.length)];
  if (chosen === undefined) throw new Error('there is none to choose from');
  return chosen;
}
