import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave } from '../harness/rounds.ts';
import { startSink } from '../sinks/kinds.ts';
import type { Pace, Run, Setting } from '../life-cycle/shapes.ts';

/** How much is measured. */
export interface GrowthPlan {
  readonly rounds: number;
  readonly requestsPerRound: number;
  readonly rates: readonly number[];
  readonly secondsPerRate: number;
}

/** CPU microseconds per event at each size of something that grows; one value per round. */
export interface Growth {
  readonly what: 'events per second' | 'metrics per request' | 'distinct addresses' | 'events in the queue';
  readonly points: readonly { readonly size: number; readonly cpuMicros: readonly number[] }[];
}

const ADDRESSES = [10, 1_000, 100_000, 1_000_000] as const;
const METRICS = [0, 4, 16, 64] as const;
const QUEUE_LENGTHS = [0, 1_000, 10_000, 100_000] as const;
const QUEUE_SAMPLE = 5_000;
const SHAPE = { metrics: 3, children: 0 } as const;

/** Part 4: what the life of a request with Cerberus costs when something gets more. */
export async function measureGrowth(plan: GrowthPlan): Promise<readonly Growth[]> {
  const sink = await startSink('cerberus-batch');
  const setting: Setting = { pipelines: { cerberus: sink.port } };
  const child = await Child.start('life-cycle/process.js', [JSON.stringify(setting)]);
  const run = async (what: Omit<Run, 'pipeline'>): Promise<number> =>
    (await child.call<Usage>('run', { pipeline: 'cerberus', ...what } satisfies Run)).cpuMicros /
    what.requests;
  const requests = plan.requestsPerRound;
  try {
    for (let warm = 0; warm < 3; warm += 1) await run({ shape: SHAPE, requests });
    const addresses = await grow('distinct addresses', ADDRESSES, plan.rounds, (size) =>
      run({ shape: SHAPE, requests, addresses: size }),
    );
    const metrics = await grow('metrics per request', METRICS, plan.rounds, (size) =>
      run({ shape: { metrics: size, children: 0 }, requests }),
    );
    const rates = await grow('events per second', plan.rates, plan.rounds, async (perSecond) => {
      const usage = await child.call<Usage>('pace', {
        pipeline: 'cerberus',
        perSecond,
        seconds: plan.secondsPerRate,
      } satisfies Pace);
      return usage.cpuMicros / (perSecond * plan.secondsPerRate);
    });
    return [rates, metrics, addresses, await growQueue(plan.rounds)];
  } finally {
    await child.stop();
    await sink.stop();
  }
}

async function grow(
  what: Growth['what'],
  sizes: readonly number[],
  rounds: number,
  measure: (size: number) => Promise<number>,
): Promise<Growth> {
  const subjects = sizes.map((size) => ({ name: String(size), measure: () => measure(size) }));
  const results = await interleave(subjects, rounds);
  return { what, points: sizes.map((size) => ({ size, cpuMicros: results.get(String(size)) ?? [] })) };
}

/** A queue cannot shrink here, so each length has a process of its own. */
async function growQueue(rounds: number): Promise<Growth> {
  const children: Child[] = [];
  try {
    const lengths = new Map<number, Child>();
    for (const length of QUEUE_LENGTHS) {
      const child = await Child.start('growth/queue-process.js', []);
      children.push(child);
      lengths.set(length, child);
      // Compiled code first, then the length.
      await child.call('measure', QUEUE_SAMPLE);
      await child.call('fill', length);
    }
    return await grow('events in the queue', QUEUE_LENGTHS, rounds, async (length) => {
      const usage = await lengths.get(length)?.call<Usage>('measure', QUEUE_SAMPLE);
      return (usage?.cpuMicros ?? NaN) / QUEUE_SAMPLE;
    });
  } finally {
    for (const child of children) await child.stop();
  }
}
