// What it costs to make the JSON text of an event and nothing else: the yardstick for what is added.
import { eventOf } from '../harness/events.ts';
import { collectGarbage } from '../harness/heap.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

/** Characters written so far: a result that nobody looks at could be optimised away. */
let written = 0;

answerCalls({
  async run(events: number): Promise<Usage> {
    const objects = Array.from({ length: events }, (_, index) => eventOf(index));
    await collectGarbage();
    const stop = startMeter();
    for (const object of objects) written += JSON.stringify(object).length;
    return stop();
  },
  written: () => written,
});
