import { setTimeout } from 'node:timers/promises';
import { Child } from '../harness/child.ts';
import type { Counts } from './counts.ts';

/** What a sink understands. */
export type SinkKind =
  | 'otlp-proto'
  | 'otlp-servers'
  | 'otlp-json'
  | 'otlp-grpc'
  | 'zipkin'
  | 'any'
  | 'new-relic'
  | 'cerberus-batch'
  | 'cerberus-event';

/** What is on its way to a sink arrives within this time, or never. */
const ARRIVAL_TIMEOUT_MILLIS = 10_000;
const ARRIVAL_POLL_MILLIS = 5;

/** A sink in another process. */
export interface RemoteSink {
  readonly port: number;
  counts(): Promise<Counts>;
  /**
   * Waits until exactly so many events arrived since the sink started.
   *
   * @throws Error when they do not, or when there are more: what was measured was then no delivery
   */
  received(events: number): Promise<Counts>;
  /** From now on it takes connections and answers nothing. */
  stall(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSink(kind: SinkKind): Promise<RemoteSink> {
  const child = await Child.start('sinks/process.js', [kind]);
  const counts = (): Promise<Counts> => child.call('counts');
  return {
    port: await child.call<number>('port'),
    counts,
    received: (events) => waitFor(kind, events, counts),
    stall: () => child.call('stall'),
    resume: () => child.call('resume'),
    stop: () => child.stop(),
  };
}

async function waitFor(kind: SinkKind, events: number, counts: () => Promise<Counts>): Promise<Counts> {
  const deadline = Date.now() + ARRIVAL_TIMEOUT_MILLIS;
  for (;;) {
    const now = await counts();
    if (now.events === events) return now;
    if (now.events > events || Date.now() > deadline) {
      throw new Error(`${kind}: ${now.events} events arrived instead of ${events}`);
    }
    await setTimeout(ARRIVAL_POLL_MILLIS);
  }
}
