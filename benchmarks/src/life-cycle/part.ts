import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave, type Subject } from '../harness/rounds.ts';
import { startSink, type RemoteSink } from '../sinks/kinds.ts';
import { PIPELINES, shapeName, type Pipeline, type Shape } from './shapes.ts';

/** How much is measured. */
export interface LifeCyclePlan {
  readonly shapes: readonly Shape[];
  readonly rounds: number;
  readonly requestsPerRound: number;
}

/** What a shape of request costs over a no-op processor, in CPU microseconds per request; one value per round. */
export interface AddedCpu {
  readonly shape: Shape;
  /** With a processor that does nothing. */
  readonly base: readonly number[];
  readonly cerberus: readonly number[];
  readonly otlp: readonly number[];
}

/** A request with children is as dear as many without. */
const CHILDREN_PER_REQUEST = 5;

/** Part 2: what the whole life of a request's spans costs, by what follows them. */
export async function measureLifeCycle(plan: LifeCyclePlan): Promise<readonly AddedCpu[]> {
  const pipelines: StartedPipeline[] = [];
  try {
    for (const name of PIPELINES) pipelines.push(await startPipeline(name));
    const subjects = plan.shapes.flatMap((shape) =>
      pipelines.map((pipeline) => subjectOf(pipeline, shape, plan)),
    );
    for (const { measure } of subjects) await measure();
    const results = await interleave(subjects, plan.rounds);
    return plan.shapes.map((shape) => addedCpu(shape, results));
  } finally {
    for (const pipeline of pipelines) await pipeline.stop();
  }
}

interface StartedPipeline {
  readonly name: Pipeline;
  /** @returns CPU microseconds per request */
  run(shape: Shape, requests: number): Promise<number>;
  stop(): Promise<void>;
}

async function startPipeline(name: Pipeline): Promise<StartedPipeline> {
  const sink = name === 'no-op' ? undefined : await startSink(name === 'cerberus' ? 'cerberus-batch' : name);
  const child = await Child.start('life-cycle/process.js', [name, String(sink?.port ?? 0)]);
  return {
    name,
    async run(shape, requests) {
      const before = await sink?.counts();
      const usage = await child.call<Usage>('run', { shape, requests });
      if (before !== undefined) await arrived(sink, before.events + eventsOf(name, shape) * requests);
      return usage.cpuMicros / requests;
    },
    async stop() {
      await child.stop();
      await sink?.stop();
    },
  };
}

/** Cerberus sends one event per request, a span exporter each span. */
function eventsOf(name: Pipeline, { children }: Shape): number {
  return name === 'cerberus' ? 1 : 1 + children;
}

async function arrived(sink: RemoteSink | undefined, events: number): Promise<void> {
  await sink?.received(events);
}

function subjectOf(pipeline: StartedPipeline, shape: Shape, plan: LifeCyclePlan): Subject<number> {
  const requests = Math.ceil(
    plan.requestsPerRound / (shape.children > 0 ? shape.children / CHILDREN_PER_REQUEST + 1 : 1),
  );
  return { name: subjectName(pipeline.name, shape), measure: () => pipeline.run(shape, requests) };
}

function subjectName(name: Pipeline, shape: Shape): string {
  return `${name}: ${shapeName(shape)}`;
}

function addedCpu(shape: Shape, results: ReadonlyMap<string, readonly number[]>): AddedCpu {
  const base = results.get(subjectName('no-op', shape)) ?? [];
  const over = (name: Pipeline): number[] =>
    (results.get(subjectName(name, shape)) ?? []).map((value, round) => value - (base[round] ?? NaN));
  return { shape, base, cerberus: over('cerberus'), otlp: over('otlp-proto') };
}
