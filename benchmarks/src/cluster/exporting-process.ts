// Real exporters, as they are configured by default, that send to several servers all the time.
import { setTimeout as sleep } from 'node:timers/promises';
import { CerberusWsExporter } from '../../../packages/exporter-ws/dist/esm/index.js';
import { makeSpans } from '../exporter/spans.ts';
import { answerCalls } from '../harness/subject.ts';

const EXPORTERS_PER_SERVER = 3;
const TURN_MILLIS = 10;
const LOOK_MILLIS = 2;

const urls = process.argv.slice(2);
const exporters = urls.flatMap((wsUrl) =>
  Array.from(
    { length: EXPORTERS_PER_SERVER },
    () => new CerberusWsExporter({ wsUrl, token: 'sk-benchmark', clientId: 'benchmark', protocol: 'batch' }),
  ),
);
let eventsPerSecond = 0;
let markedAt = 0;
let marks: readonly number[] = [];

answerCalls({
  rate(wanted: number) {
    eventsPerSecond = wanted;
  },
  /** What is accepted from now on comes after the mark. */
  mark() {
    marks = exporters.map((exporter) => exporter.stats().accepted);
    markedAt = performance.now();
  },
  /** @returns milliseconds from the mark until an exporter, and until each, had an event acknowledged that came after it */
  async acknowledged() {
    let firstMillis: number | undefined;
    for (;;) {
      const past = exporters.filter((exporter, index) => exporter.stats().acked > (marks[index] ?? 0)).length;
      const millis = performance.now() - markedAt;
      if (past > 0) firstMillis ??= millis;
      if (past === exporters.length) return { firstMillis, allMillis: millis };
      await sleep(LOOK_MILLIS);
    }
  },
});

let due = 0;
let at = performance.now();
for (let next = 0; ; next += 1) {
  await sleep(TURN_MILLIS);
  const now = performance.now();
  due += ((now - at) / 1000) * eventsPerSecond;
  at = now;
  const spans = makeSpans(Math.floor(due), true);
  due -= spans.length;
  for (const [index, span] of spans.entries())
    exporters[(next + index) % exporters.length]?.export([span], () => undefined);
}
