// What an event costs with so many others in the queue: nobody listens, so everything stays.
import { CerberusWsExporter } from '../../../packages/exporter-ws/dist/esm/index.js';
import { makeSpans } from '../exporter/spans.ts';
import { collectGarbage } from '../harness/heap.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

const exporter = new CerberusWsExporter({
  // The port of "discard": nothing listens there.
  wsUrl: 'ws://127.0.0.1:9/ws/events',
  token: 'sk-benchmark',
  clientId: 'benchmark',
  maxQueueEvents: 1_000_000,
  maxQueueBytes: 2 ** 30,
});

/** The result is what exporting so many spans used. */
async function add(count: number): Promise<Usage> {
  const spans = makeSpans(count, true);
  await collectGarbage();
  const stop = startMeter();
  for (const span of spans) exporter.export([span], () => undefined);
  return stop();
}

answerCalls({
  /** Fills the queue up to so many events. */
  async fill(length: number): Promise<void> {
    const missing = length - exporter.stats().queued;
    if (missing > 0) await add(missing);
  },
  measure: add,
});
