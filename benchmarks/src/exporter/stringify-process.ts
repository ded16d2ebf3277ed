// What it costs to make the JSON text of an event and nothing else: the yardstick for what is added.
import { eventOf } from '../harness/events.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

/** Characters written so far: a result that nobody looks at could be optimised away. */
let written = 0;

answerCalls({
  run(events: number): Usage {
    const objects = Array.from({ length: events }, (_, index) => eventOf(index));
    gc?.();
    const stop = startMeter();
    for (const object of objects) written += JSON.stringify(object).length;
    return stop();
  },
  written: () => written,
});
