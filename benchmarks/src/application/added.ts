import { Child } from '../harness/child.ts';
import { interleave } from '../harness/rounds.ts';
import { PIPELINES, type Pipeline } from '../life-cycle/shapes.ts';
import { startSink, type RemoteSink } from '../sinks/kinds.ts';
import type { Made } from './added-process.ts';
import type { Framework } from './names.ts';

/** How much is measured. */
export interface AddedPlan {
  readonly rounds: number;
  /** Turns of each pipeline in a round, and requests of each turn. */
  readonly turns: number;
  readonly requests: number;
}

/** CPU microseconds per request of an application with OpenTelemetry, by what follows its spans; one value per round. */
export interface AddedToApplication {
  readonly framework: Framework;
  readonly cpuMicros: Readonly<Record<Pipeline, readonly number[]>>;
}

/** Connections are open and code is compiled when a turn begins. */
const WARM_UP_REQUESTS = 200;

/**
 * What is added to a whole application, as a difference: all pipelines take their turns in one process, many short ones in a
 * round, for two processes that do the same differ by more than what is looked for.
 */
export async function measureAdded(
  framework: Framework,
  load: Child,
  { rounds, turns, requests }: AddedPlan,
): Promise<AddedToApplication> {
  const sinks = { cerberus: await startSink('cerberus-batch'), 'otlp-proto': await startSink('otlp-proto') };
  const child = await Child.start('application/added-process.js', [framework]);
  try {
    const url = `http://127.0.0.1:${await child.call<number>('port')}/orders/7`;
    const subjects = PIPELINES.map((pipeline) => ({
      name: pipeline,
      measure: turnOf(pipeline, pipeline === 'no-op' ? undefined : sinks[pipeline], {
        child,
        load,
        url,
        requests,
      }),
    }));
    await interleave(subjects, turns);
    const cpuMicros: Record<Pipeline, number[]> = { 'no-op': [], cerberus: [], 'otlp-proto': [] };
    for (let round = 0; round < rounds; round += 1) {
      const measured = await interleave(subjects, turns);
      for (const pipeline of PIPELINES) {
        const each = measured.get(pipeline) ?? [];
        cpuMicros[pipeline].push(each.reduce((sum, value) => sum + value, 0) / each.length);
      }
    }
    return { framework, cpuMicros };
  } finally {
    await child.stop();
    await Promise.all(Object.values(sinks).map((sink) => sink.stop()));
  }
}

interface Turn {
  readonly child: Child;
  readonly load: Child;
  readonly url: string;
  readonly requests: number;
}

/** @returns what measures a turn: CPU microseconds per request */
function turnOf(
  pipeline: Pipeline,
  sink: RemoteSink | undefined,
  { child, load, url, requests }: Turn,
): () => Promise<number> {
  let delivered = 0;
  return async () => {
    await child.call('use', { pipeline, port: sink?.port ?? 0 });
    const before = await child.call<Made>('stop');
    await load.call('count', { url, requests: WARM_UP_REQUESTS });
    await child.call('start');
    await load.call('count', { url, requests });
    const after = await child.call<Made>('stop');
    const made = after.servers - before.servers;
    if (made !== WARM_UP_REQUESTS + requests) throw new Error(`${made} requests were made`);
    delivered += pipeline === 'cerberus' ? made : after.spans - before.spans;
    await sink?.received(delivered);
    return after.usage.cpuMicros / requests;
  };
}
