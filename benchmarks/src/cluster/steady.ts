import type { Child } from '../harness/child.ts';
import type { Load } from '../server/load-process.ts';
import { percentile } from '../harness/statistics.ts';

/** Of all servers together. */
export const STEADY_EVENTS_PER_SECOND = 20_000;
/** What an exporter has together in about a tenth of a second. */
const FRAME_EVENTS = 256;
const CONNECTIONS_PER_SERVER = 3;

/** From when a frame was to be sent to its acknowledgement. */
export interface SteadyRound {
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly mostMillis: number;
}

/** How long exporters wait for acknowledgements while servers have time left. @param loads - a process for each server */
export async function measureSteady(
  loads: readonly Child[],
  { rounds, secondsPerRound }: { readonly rounds: number; readonly secondsPerRound: number },
): Promise<readonly SteadyRound[]> {
  const framesPerSecond = STEADY_EVENTS_PER_SECOND / FRAME_EVENTS / loads.length;
  const load: Load = {
    connections: CONNECTIONS_PER_SERVER,
    frames: Math.ceil(framesPerSecond * secondsPerRound),
    framesPerSecond,
    frameEvents: FRAME_EVENTS,
  };
  const results: SteadyRound[] = [];
  // The first warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const millis = (await Promise.all(loads.map((each) => each.call<number[]>('send', load)))).flat();
    results.push({
      p50Millis: percentile(millis, 0.5),
      p99Millis: percentile(millis, 0.99),
      mostMillis: percentile(millis, 1),
    });
  }
  return results.slice(1);
}
