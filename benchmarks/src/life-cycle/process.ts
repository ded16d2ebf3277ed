// Whole lives of spans, from their start to the other side.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { startMeter, type Usage } from '../harness/meter.ts';
import { contextOf, createProvider, KIND, type Provider, type Tracer } from '../harness/otel.ts';
import { metricAttributes, requestFacts, type RequestFacts } from '../harness/requests.ts';
import { answerCalls } from '../harness/subject.ts';
import { pipelineOf } from './pipelines.ts';
import type { Pace, Pipeline, Run, Setting } from './shapes.ts';

/** Requests between two turns of the event loop, as a busy server has them. */
const REQUESTS_PER_TURN = 32;

const { pipelines, defaultLimits = false } = JSON.parse(process.argv[2] ?? '{}') as Setting;
const providers = new Map<string, Provider>(
  Object.entries(pipelines).map(([name, port]) => [
    name,
    createProvider(pipelineOf(name as Pipeline, port, defaultLimits)),
  ]),
);
let made = 0;

/** Turns in a second of a paced run. */
const TURNS_PER_SECOND = 100;

answerCalls({
  /**
   * As many requests as fast as they can be made, until they are delivered. Nothing is collected before: after a forced
   * collection V8 gives memory back, and what is measured then is how the heap grows anew.
   */
  async run({ pipeline, shape, requests, addresses }: Run): Promise<Usage> {
    const provider = providerOf(pipeline);
    const tracer = tracerOf(provider);
    const metrics = Object.entries(metricAttributes(shape.metrics));
    const facts = Array.from({ length: requests }, () => requestFacts((made += 1), addresses));
    const stop = startMeter();
    for (const [index, each] of facts.entries()) {
      live(tracer, each, metrics, shape.children);
      if (index % REQUESTS_PER_TURN === 0) await setImmediate();
    }
    await provider.forceFlush();
    return stop();
  },

  /** So many requests per second for so many seconds. */
  async pace({ pipeline, perSecond, seconds }: Pace): Promise<Usage> {
    const tracer = tracerOf(providerOf(pipeline));
    const metrics = Object.entries(metricAttributes(3));
    const stop = startMeter();
    const start = performance.now();
    for (let turn = 1; turn <= seconds * TURNS_PER_SECOND; turn += 1) {
      const due = Math.round((turn * perSecond) / TURNS_PER_SECOND);
      const done = Math.round(((turn - 1) * perSecond) / TURNS_PER_SECOND);
      for (let index = done; index < due; index += 1) live(tracer, requestFacts((made += 1)), metrics, 0);
      await setTimeout(Math.max(0, start + (turn * 1e3) / TURNS_PER_SECOND - performance.now()));
    }
    return stop();
  },

  flush: (pipeline: Pipeline) =>
    providerOf(pipeline)
      .forceFlush()
      .catch(() => undefined),
  rssBytes: () => process.memoryUsage.rss(),
  made: () => made,
});

function providerOf(pipeline: Pipeline): Provider {
  const provider = providers.get(pipeline);
  if (provider === undefined) throw new Error(`no pipeline ${pipeline} here`);
  return provider;
}

function tracerOf(provider: Provider): Tracer {
  return provider.getTracer('@opentelemetry/instrumentation-http');
}

function live(
  tracer: Tracer,
  { atStart, atEnd }: RequestFacts,
  metrics: readonly [string, string | number | boolean][],
  children: number,
): void {
  const span = tracer.startSpan('GET', { kind: KIND.server, attributes: atStart });
  const context = contextOf(span);
  for (let index = 0; index < children; index += 1) {
    const attributes = { 'express.type': 'middleware', 'express.name': 'query' };
    tracer.startSpan('middleware', { kind: KIND.internal, attributes }, context).end();
  }
  for (const [key, value] of metrics) span.setAttribute(key, value);
  span.setAttributes(atEnd);
  span.end();
}
