import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave, type Subject } from '../harness/rounds.ts';
import { startSink, type RemoteSink } from '../sinks/kinds.ts';
import { PIPELINES, shapeName, type Pipeline, type Run, type Setting, type Shape } from './shapes.ts';

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
const WARM_UPS = 4;

/**
 * Part 2: what the whole life of a request's spans costs, by what follows them.
 *
 * All pipelines take their turns in one process. What is asked for is a difference, and two processes that do the same
 * differ by more than that, from how their heaps and their compiled code happened to come out.
 */
export async function measureLifeCycle(plan: LifeCyclePlan): Promise<readonly AddedCpu[]> {
  const cerberus = await startSink('cerberus-batch');
  const otlp = await startSink('otlp-proto');
  const setting: Setting = { pipelines: { 'no-op': 0, cerberus: cerberus.port, 'otlp-proto': otlp.port } };
  const child = await Child.start('life-cycle/process.js', [JSON.stringify(setting)]);
  const sinks = { 'no-op': undefined, cerberus, 'otlp-proto': otlp };
  try {
    const subjects = plan.shapes.flatMap((shape) =>
      PIPELINES.map((pipeline) => subjectOf({ child, pipeline, sink: sinks[pipeline] }, shape, plan)),
    );
    await interleave(subjects, WARM_UPS);
    const results = await interleave(subjects, plan.rounds);
    return plan.shapes.map((shape) => addedCpu(shape, results));
  } finally {
    await child.stop();
    await cerberus.stop();
    await otlp.stop();
  }
}

interface Measured {
  readonly child: Child;
  readonly pipeline: Pipeline;
  readonly sink: RemoteSink | undefined;
}

function subjectOf(measured: Measured, shape: Shape, plan: LifeCyclePlan): Subject<number> {
  const requests = Math.ceil(
    plan.requestsPerRound / (shape.children > 0 ? shape.children / CHILDREN_PER_REQUEST + 1 : 1),
  );
  return { name: subjectName(measured.pipeline, shape), measure: () => run(measured, shape, requests) };
}

/** @returns CPU microseconds per request */
async function run({ child, pipeline, sink }: Measured, shape: Shape, requests: number): Promise<number> {
  const before = await sink?.counts();
  const usage = await child.call<Usage>('run', { pipeline, shape, requests } satisfies Run);
  if (before !== undefined) await sink?.received(before.events + eventsOf(pipeline, shape) * requests);
  return usage.cpuMicros / requests;
}

/** Cerberus sends one event per request, a span exporter each span. */
function eventsOf(name: Pipeline, { children }: Shape): number {
  return name === 'cerberus' ? 1 : 1 + children;
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
