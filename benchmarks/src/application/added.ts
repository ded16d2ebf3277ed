import { Child } from '../harness/child.ts';
import { middleMean } from '../harness/statistics.ts';
import { startSink } from '../sinks/kinds.ts';
import type { Alternated } from './added-process.ts';
import { groupRequests } from './blocks.ts';
import type { Framework } from './names.ts';

/** How much is measured. */
export interface AddedPlan {
  readonly rounds: number;
  /** Blocks of each pipeline in a round. */
  readonly blocks: number;
}

/** CPU microseconds per request of an application with OpenTelemetry; one value per round. */
export interface AddedToApplication {
  readonly framework: Framework;
  /** With a processor that does nothing. */
  readonly baseMicros: readonly number[];
  /** What others add to that. */
  readonly addedMicros: Readonly<Record<'cerberus' | 'otlp-proto', readonly number[]>>;
}

/**
 * What is added to a whole application, as a difference: all pipelines take turns in one process under one load, for two processes
 * that do the same, and two loads, differ by more than what is looked for.
 */
export async function measureAdded(
  framework: Framework,
  load: Child,
  { rounds, blocks }: AddedPlan,
): Promise<AddedToApplication> {
  const cerberus = await startSink('cerberus-batch');
  const otlp = await startSink('otlp-proto');
  const child = await Child.start(
    'application/added-process.js',
    [framework, cerberus.port, otlp.port].map(String),
  );
  try {
    const url = `http://127.0.0.1:${await child.call<number>('port')}/orders/7`;
    const requests = blocks * groupRequests(framework);
    const measure = async (): Promise<Alternated['blocks']> => {
      await child.call('begin');
      await load.call('count', { url, requests });
      const { blocks: measured, handed } = await child.call<Alternated>('end');
      await cerberus.received(handed.cerberus.servers);
      await otlp.received(handed['otlp-proto'].spans);
      return measured;
    };
    await measure();
    const baseMicros: number[] = [];
    const addedMicros = { cerberus: [] as number[], 'otlp-proto': [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const measured = await measure();
      const base = measured['no-op'];
      baseMicros.push(middleMean(base));
      for (const pipeline of ['cerberus', 'otlp-proto'] as const) {
        addedMicros[pipeline].push(
          middleMean(measured[pipeline].map((value, index) => value - (base[index] ?? NaN))),
        );
      }
    }
    return { framework, baseMicros, addedMicros };
  } finally {
    await child.stop();
    await Promise.all([cerberus.stop(), otlp.stop()]);
  }
}
