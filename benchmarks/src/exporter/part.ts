import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave, type Subject } from '../harness/rounds.ts';
import { startSink } from '../sinks/kinds.ts';
import { BATCH_SPANS, EXPORTERS, type ExporterName, type RoundOfBatches } from './names.ts';

/** How much is measured. */
export interface ExporterPlan {
  readonly exporters: readonly ExporterName[];
  readonly rounds: number;
  /** Batches of 512 spans in each round. */
  readonly batchesPerRound: number;
  /** Unmeasured batches before the first round, so that code is compiled and connections are open. */
  readonly warmUpBatches: number;
}

/** One round of one exporter, per span. */
export interface ExporterRound {
  readonly cpuMicros: number;
  readonly mainMicros: number;
  readonly eventsPerSecond: number;
  readonly bytes: number;
}

/** The rounds of each exporter, and the CPU microseconds of `JSON.stringify` of one event. */
export interface ExporterResults {
  readonly exporters: ReadonlyMap<ExporterName, readonly ExporterRound[]>;
  readonly stringifyMicros: readonly number[];
}

/** One event and one answer at a time is so slow that a tenth of the events tells as much. */
const SLOW_SHARE = 0.1;
/**
 * In each round, before the measured ones. A collection gives memory back, and OTLP, which needs much of it, costs half as much again
 * while the heap grows. Most of that is over after these (docs/performance/parts.md).
 */
const UNMEASURED_BATCHES = 16;
const STRINGIFY = 'stringify';

/** Part 1: what it costs to get finished SERVER spans out of the process. */
export async function measureExporters(plan: ExporterPlan): Promise<ExporterResults> {
  const stops: (() => Promise<void>)[] = [];
  try {
    const subjects: Subject<ExporterRound>[] = [];
    for (const name of plan.exporters) {
      const { subject, stop } = await startExporter(name, plan);
      subjects.push(subject);
      stops.push(stop);
    }
    const stringify = await startStringify(plan);
    stops.push(stringify.stop);
    const results = await interleave([...subjects, stringify.subject], plan.rounds);
    return {
      exporters: new Map(plan.exporters.map((name) => [name, results.get(name) ?? []])),
      stringifyMicros: (results.get(STRINGIFY) ?? []).map(({ cpuMicros }) => cpuMicros),
    };
  } finally {
    for (const stop of stops) await stop();
  }
}

interface Started {
  readonly subject: Subject<ExporterRound>;
  readonly stop: () => Promise<void>;
}

async function startExporter(name: ExporterName, plan: ExporterPlan): Promise<Started> {
  const sink = await startSink(EXPORTERS[name]);
  const child = await Child.start('exporter/process.js', [name, String(sink.port)]);
  const share = name === 'one-at-a-time' ? SLOW_SHARE : 1;
  const run = async (batches: number): Promise<ExporterRound> => {
    const round: RoundOfBatches = {
      unmeasured: Math.ceil(UNMEASURED_BATCHES * share),
      measured: Math.ceil(batches * share),
    };
    const delivered = (round.unmeasured + round.measured) * BATCH_SPANS;
    const before = await sink.counts();
    const usage = await child.call<Usage>('run', round);
    const after = await sink.received(before.events + delivered);
    return {
      ...perSpan(usage, round.measured * BATCH_SPANS),
      bytes: (after.bytes - before.bytes) / delivered,
    };
  };
  await run(plan.warmUpBatches);
  return {
    subject: { name, measure: () => run(plan.batchesPerRound) },
    stop: async () => {
      await child.stop();
      await sink.stop();
    },
  };
}

async function startStringify(plan: ExporterPlan): Promise<Started> {
  const child = await Child.start('exporter/stringify-process.js', []);
  const spans = plan.batchesPerRound * BATCH_SPANS;
  const run = async (): Promise<ExporterRound> => ({
    ...perSpan(await child.call<Usage>('run', spans), spans),
    bytes: 0,
  });
  await run();
  return { subject: { name: STRINGIFY, measure: run }, stop: () => child.stop() };
}

function perSpan(usage: Usage, spans: number): Omit<ExporterRound, 'bytes'> {
  return {
    cpuMicros: usage.cpuMicros / spans,
    mainMicros: usage.mainMicros / spans,
    eventsPerSecond: (spans / usage.wallMicros) * 1e6,
  };
}
