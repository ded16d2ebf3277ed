import { setTimeout } from 'node:timers/promises';
import { Child } from '../harness/child.ts';
import { PIPELINES, type Pace, type Pipeline, type Setting } from '../life-cycle/shapes.ts';
import { startSink } from '../sinks/kinds.ts';

/** How long the backend is silent, and under which load. */
export interface OutagePlan {
  readonly seconds: number;
  readonly spansPerSecond: number;
}

/** What became of one pipeline. */
export interface OutageResult {
  readonly pipeline: Pipeline;
  /** Resident memory when the outage began, and once a second since. */
  readonly rssBytes: readonly number[];
  readonly made: number;
  /** Arrived in the end, after the backend came back. */
  readonly delivered: number;
}

const WARM_UP_SECONDS = 8;
/** Longer than every wait between attempts that an outage of a minute leads to. */
const RECOVERY_SECONDS = 20;

/** Part 6: a backend that takes connections and answers nothing. All pipelines at the same time: none is timed. */
export function measureOutage(plan: OutagePlan): Promise<readonly OutageResult[]> {
  return Promise.all(PIPELINES.map((pipeline) => outageOf(pipeline, plan)));
}

async function outageOf(pipeline: Pipeline, { seconds, spansPerSecond }: OutagePlan): Promise<OutageResult> {
  const sink = await startSink(pipeline === 'otlp-proto' ? 'otlp-proto' : 'cerberus-batch');
  const setting: Setting = { pipelines: { [pipeline]: sink.port }, defaultLimits: true };
  const child = await Child.start('life-cycle/process.js', [JSON.stringify(setting)]);
  try {
    const pace = (duration: number): Promise<unknown> =>
      child.call('pace', { pipeline, perSecond: spansPerSecond, seconds: duration } satisfies Pace);
    await pace(WARM_UP_SECONDS);
    await sink.stall();
    const rssBytes = [await child.call<number>('rssBytes')];
    for (let second = 0; second < seconds; second += 1) {
      await pace(1);
      rssBytes.push(await child.call<number>('rssBytes'));
    }
    await sink.resume();
    const made = await child.call<number>('made');
    return {
      pipeline,
      rssBytes,
      made,
      delivered: await recovered(
        () => child.call('flush', pipeline),
        () => sink.counts(),
        made,
      ),
    };
  } finally {
    await child.stop();
    await sink.stop();
  }
}

/** What arrived when nothing more comes. */
async function recovered(
  flush: () => Promise<unknown>,
  counts: () => Promise<{ readonly events: number }>,
  made: number,
): Promise<number> {
  let { events } = await counts();
  for (let second = 0; second < RECOVERY_SECONDS && events < made; second += 1) {
    await flush();
    await setTimeout(1_000);
    ({ events } = await counts());
  }
  return events;
}
