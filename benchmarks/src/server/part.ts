import { setTimeout } from 'node:timers/promises';
import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave } from '../harness/rounds.ts';
import { spreadOf } from '../harness/statistics.ts';
import { FRAME_EVENTS } from './frames.ts';
import type { Load } from './load-process.ts';

/** How much is measured. */
export interface ServerPlan {
  readonly rounds: number;
  /**
   * Of each load. Merging the write-ahead log into the file takes a third of a second, and happens once in about 300 frames: shorter
   * rounds hold it or not, as chance will have it.
   */
  readonly framesPerRound: number;
}

/** One round of one load. */
interface ServerRound {
  readonly eventsPerSecond: number;
  /** CPU microseconds of the server per event that it stored durably. */
  readonly cpuMicros: number;
  readonly ackP50Millis: number;
  readonly ackP99Millis: number;
  readonly rssBytes: number;
}

/** Rounds by load, and CPU microseconds per row of the yardstick. */
export interface ServerResults {
  readonly loads: ReadonlyMap<string, readonly ServerRound[]>;
  readonly appenderMicros: readonly number[];
}

const CONNECTIONS = [1, 8, 64] as const;
/**
 * What a fleet sends that does not lag behind. How long an acknowledgement takes says something only here: a client that
 * keeps its window full waits for its own frames, `window × frame ÷ throughput`, whatever the server does.
 */
const STEADY = { connections: 8, framesPerSecond: 40 } as const;
const QUERIED = 8;
const QUERY_PAUSE_MILLIS = 200;
const APPENDER = 'appender';

const STEADY_NAME = `${STEADY.connections} exporters, ${STEADY.framesPerSecond * FRAME_EVENTS} events/s`;

/** How a load is called. */
export function loadName(connections: number, queried = false): string {
  return `${connections} ${connections === 1 ? 'exporter' : 'exporters'}${queried ? ', with queries' : ''}`;
}

interface Stopped {
  readonly usage: Usage;
  readonly stored: number;
  readonly rssBytes: number;
}

/** Part 5: what it costs to store events durably, and how long an exporter waits for it. */
export async function measureServer(plan: ServerPlan): Promise<ServerResults> {
  const server = await Child.start('server/process.js', []);
  const appender = await Child.start('server/appender-process.js', []);
  const { wsUrl, url } = await server.call<{ wsUrl: string; url: string }>('address');
  const load = await Child.start('server/load-process.js', [wsUrl]);
  const frames = plan.framesPerRound;
  const events = frames * FRAME_EVENTS;
  const loaded = (wanted: Omit<Load, 'frames'>, queried: boolean) => async (): Promise<ServerRound> => {
    const before = await server.call<Stopped>('stop');
    await server.call('start');
    const queries = queried ? askAgainAndAgain(url) : undefined;
    const latencies = await load.call<number[]>('send', { ...wanted, frames });
    const { usage, stored, rssBytes } = await server.call<Stopped>('stop');
    await queries?.stop();
    const count = stored - before.stored;
    if (count < events) throw new Error(`${count} of ${events} events were stored`);
    return {
      eventsPerSecond: (count / usage.wallMicros) * 1e6,
      cpuMicros: usage.cpuMicros / count,
      ackP50Millis: spreadOf(latencies).median,
      ackP99Millis: percentile99(latencies),
      rssBytes,
    };
  };
  const appended = async (): Promise<ServerRound> => {
    const usage = await appender.call<Usage>('run', frames);
    const nothing = { eventsPerSecond: 0, ackP50Millis: 0, ackP99Millis: 0, rssBytes: 0 };
    return { ...nothing, cpuMicros: usage.cpuMicros / events };
  };
  try {
    const subjects = [
      ...CONNECTIONS.map((count) => ({
        name: loadName(count),
        measure: loaded({ connections: count }, false),
      })),
      { name: STEADY_NAME, measure: loaded(STEADY, false) },
      { name: loadName(QUERIED, true), measure: loaded({ connections: QUERIED }, true) },
      { name: APPENDER, measure: appended },
    ];
    for (const { measure } of subjects) await measure();
    const results = await interleave(subjects, plan.rounds);
    const appenderMicros = (results.get(APPENDER) ?? []).map(({ cpuMicros }) => cpuMicros);
    results.delete(APPENDER);
    return { loads: results, appenderMicros };
  } finally {
    await load.stop();
    for (const child of [server, appender]) {
      await child.call('close').catch(() => undefined);
      await child.stop();
    }
  }
}

/** Reads as a dashboard does. */
function askAgainAndAgain(url: string): { stop(): Promise<void> } {
  const end = new AbortController();
  const headers = { authorization: 'Bearer sk-benchmark' };
  const asking = (async () => {
    while (!end.signal.aborted) {
      for (const path of ['/api/summary', '/api/events']) await (await fetch(url + path, { headers })).text();
      await setTimeout(QUERY_PAUSE_MILLIS);
    }
  })();
  return {
    async stop() {
      end.abort();
      await asking;
    },
  };
}

function percentile99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? NaN;
}
