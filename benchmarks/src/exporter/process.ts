// One exporter in a process of its own, warm between its rounds.
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { deliveryOf } from './deliveries.ts';
import { BATCH_SPANS, type ExporterName } from './names.ts';
import { makeSpans } from './spans.ts';

const [name, port] = process.argv.slice(2) as [ExporterName, string];
const enriched = name.startsWith('cerberus') || name === 'one-at-a-time';
const deliver = await deliveryOf(name, Number(port));

answerCalls({
  /** Delivers so many batches; the result is what their export used. Making the spans is not measured. */
  async run(count: number): Promise<Usage> {
    const batches = Array.from({ length: count }, () => makeSpans(BATCH_SPANS, enriched));
    // What making them left behind must not be collected while something else is measured.
    gc?.();
    const stop = startMeter();
    await deliver(batches);
    return stop();
  },
});
