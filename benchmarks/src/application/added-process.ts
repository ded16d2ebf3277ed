// An application with one route and OpenTelemetry, in which what follows the spans can be changed between two loads.
import type { AddressInfo } from 'node:net';
import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import { startMeter, type Usage } from '../harness/meter.ts';
import { KIND, type SpanProcessor } from '../harness/otel.ts';
import { answerCalls } from '../harness/subject.ts';
import { pipelineOf } from '../life-cycle/pipelines.ts';
import type { Pipeline } from '../life-cycle/shapes.ts';
import { startOpenTelemetry } from './agents.ts';
import { startFramework } from './frameworks.ts';
import type { Framework } from './names.ts';

/** Hands spans to the pipeline that is in use, and counts them. */
class Switch implements SpanProcessor {
  current = pipelineOf('no-op', 0, false);
  servers = 0;
  spans = 0;

  onStart(span: unknown, context: unknown): void {
    this.current.onStart(span, context);
  }

  onEnd(span: FinishedSpan): void {
    this.spans += 1;
    if (span.kind === KIND.server) this.servers += 1;
    this.current.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.current.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.current.shutdown();
  }
}

/** What was made since the process started, and used since `start`. */
export interface Made {
  readonly usage: Usage;
  readonly servers: number;
  readonly spans: number;
}

const [framework] = process.argv.slice(2) as [Framework];
const pipelines = new Switch();
startOpenTelemetry(framework, (configuration) => ({ ...configuration, spanProcessors: [pipelines] }));
const server = await startFramework(framework, {});
let stop: () => Usage = startMeter();

answerCalls({
  port: () => (server.address() as AddressInfo).port,
  /** Ends the pipeline that was in use: what listens to requests listens no longer. */
  async use({ pipeline, port }: { pipeline: Pipeline; port: number }): Promise<void> {
    await pipelines.shutdown();
    pipelines.current = pipelineOf(pipeline, port, false);
  },
  async start(): Promise<void> {
    await pipelines.forceFlush();
    stop = startMeter();
  },
  /** All is delivered when it answers. */
  async stop(): Promise<Made> {
    await pipelines.forceFlush();
    return { usage: stop(), servers: pipelines.servers, spans: pipelines.spans };
  },
});
