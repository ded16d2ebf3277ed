import type { Child } from '../harness/child.ts';
import type { Load } from '../server/load-process.ts';
import { interleave } from '../harness/rounds.ts';
import { percentile } from '../harness/statistics.ts';

/** Of all servers together: what is aimed at, and what leaves a small machine time for its other half, the load. */
const EVENTS_PER_SECOND = [5_000, 20_000];
/** What an exporter has together in about a tenth of a second. */
const FRAME_EVENTS = 256;
const CONNECTIONS_PER_SERVER = 3;

/** From when a frame was to be sent to its acknowledgement. */
export interface SteadyRound {
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly mostMillis: number;
}

/** How long exporters wait for acknowledgements, by events a second. @param loads - a process for each server */
export async function measureSteady(
  loads: readonly Child[],
  plan: { readonly rounds: number; readonly secondsPerRound: number },
): Promise<Readonly<Record<string, readonly SteadyRound[]>>> {
  const subjects = EVENTS_PER_SECOND.map((eventsPerSecond) => ({
    name: String(eventsPerSecond),
    measure: () => measureRound(loads, eventsPerSecond, plan.secondsPerRound),
  }));
  const results = await interleave(subjects, plan.rounds + 1);
  // The first of each warms up.
  for (const each of results.values()) each.shift();
  return Object.fromEntries(results);
}

async function measureRound(
  loads: readonly Child[],
  eventsPerSecond: number,
  seconds: number,
): Promise<SteadyRound> {
  const framesPerSecond = eventsPerSecond / FRAME_EVENTS / loads.length;
  const load: Load = {
    connections: CONNECTIONS_PER_SERVER,
    frames: Math.ceil(framesPerSecond * seconds),
    framesPerSecond,
    frameEvents: FRAME_EVENTS,
  };
  const millis = (await Promise.all(loads.map((each) => each.call<number[]>('send', load)))).flat();
  return {
    p50Millis: percentile(millis, 0.5),
    p99Millis: percentile(millis, 0.99),
    mostMillis: percentile(millis, 1),
  };
}
