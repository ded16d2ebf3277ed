// An application with one route and OpenTelemetry, in which what follows the spans changes while it is under load.
import type { AddressInfo } from 'node:net';
import type { SpanProcessor } from '../harness/otel.ts';
import { answerCalls } from '../harness/subject.ts';
import { pipelineOf } from '../life-cycle/pipelines.ts';
import type { Pipeline } from '../life-cycle/shapes.ts';
import { Alternation, type Handed } from './alternation.ts';
import { startFramework } from './frameworks.ts';
import type { Framework } from './names.ts';
import { startOpenTelemetry } from './open-telemetry.ts';
import { listeningOnDemand, type Listening } from './request-listener.ts';

/** What one load measured, and what was handed to each pipeline since the process started. */
export interface Alternated {
  /** CPU microseconds per request of each block; those with the same index are neighbours. */
  readonly blocks: Readonly<Record<Pipeline, readonly number[]>>;
  readonly handed: Readonly<Record<Pipeline, Handed>>;
}

const [framework, cerberusPort, otlpPort] = process.argv.slice(2) as [Framework, string, string];
const pipeline = (name: Pipeline, port: number): Listening<SpanProcessor> =>
  listeningOnDemand(() => pipelineOf(name, port, false));
const alternation = new Alternation(framework, {
  'no-op': pipeline('no-op', 0),
  cerberus: pipeline('cerberus', Number(cerberusPort)),
  'otlp-proto': pipeline('otlp-proto', Number(otlpPort)),
});
startOpenTelemetry(framework, (configuration) => ({ ...configuration, spanProcessors: [alternation] }));
const server = await startFramework(framework, {});

answerCalls({
  port: () => (server.address() as AddressInfo).port,
  begin: () => alternation.begin(),
  /** All is delivered when it answers. */
  async end(): Promise<Alternated> {
    await alternation.forceFlush();
    return { blocks: alternation.blocks, handed: alternation.handed };
  },
});
