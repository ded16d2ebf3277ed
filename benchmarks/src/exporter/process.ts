// One exporter in a process of its own, warm between its rounds.
import { collectGarbage } from '../harness/heap.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { deliveryOf } from './deliveries.ts';
import { BATCH_SPANS, type ExporterName, type RoundOfBatches } from './names.ts';
import { makeSpans } from './spans.ts';

const [name, port] = process.argv.slice(2) as [ExporterName, string];
const enriched = name.startsWith('cerberus') || name === 'one-at-a-time';
const deliver = await deliveryOf(name, Number(port));

answerCalls({
  /** The result is what the export of the measured batches used. Making the spans is not measured. */
  async run({ unmeasured, measured }: RoundOfBatches): Promise<Usage> {
    const batches = Array.from({ length: unmeasured + measured }, () => makeSpans(BATCH_SPANS, enriched));
    await collectGarbage();
    await deliver(batches.slice(0, unmeasured));
    const stop = startMeter();
    await deliver(batches.slice(unmeasured));
    return stop();
  },
});
