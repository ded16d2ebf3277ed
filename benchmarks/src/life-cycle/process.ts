// One pipeline in a process of its own: whole lives of spans, from their start to the other side.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { startMeter, type Usage } from '../harness/meter.ts';
import { contextOf, createProvider, KIND } from '../harness/otel.ts';
import { metricAttributes, requestFacts, type RequestFacts } from '../harness/requests.ts';
import { answerCalls } from '../harness/subject.ts';
import { pipelineOf } from './pipelines.ts';
import type { Pace, Pipeline, Run } from './shapes.ts';

/** Requests between two turns of the event loop, as a busy server has them. */
const REQUESTS_PER_TURN = 32;

const [name, port, limits] = process.argv.slice(2) as [Pipeline, string, string?];
const provider = createProvider(pipelineOf(name, Number(port), limits === 'default-limits'));
const tracer = provider.getTracer('@opentelemetry/instrumentation-http');
let made = 0;

/** Turns in a second of a paced run. */
const TURNS_PER_SECOND = 100;

answerCalls({
  /** As many requests as fast as they can be made, until they are delivered. */
  async run({ shape, requests, addresses }: Run): Promise<Usage> {
    const metrics = Object.entries(metricAttributes(shape.metrics));
    const facts = Array.from({ length: requests }, () => requestFacts((made += 1), addresses));
    gc?.();
    const stop = startMeter();
    for (const [index, each] of facts.entries()) {
      live(each, metrics, shape.children);
      if (index % REQUESTS_PER_TURN === 0) await setImmediate();
    }
    await provider.forceFlush();
    return stop();
  },

  /** So many requests per second for so many seconds. */
  async pace({ perSecond, seconds }: Pace): Promise<Usage> {
    const metrics = Object.entries(metricAttributes(3));
    const stop = startMeter();
    const start = performance.now();
    for (let turn = 1; turn <= seconds * TURNS_PER_SECOND; turn += 1) {
      const due = Math.round((turn * perSecond) / TURNS_PER_SECOND);
      const done = Math.round(((turn - 1) * perSecond) / TURNS_PER_SECOND);
      for (let index = done; index < due; index += 1) live(requestFacts((made += 1)), metrics, 0);
      await setTimeout(Math.max(0, start + (turn * 1e3) / TURNS_PER_SECOND - performance.now()));
    }
    return stop();
  },

  flush: () => provider.forceFlush().catch(() => undefined),
  rssBytes: () => process.memoryUsage.rss(),
  made: () => made,
});

function live(
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
