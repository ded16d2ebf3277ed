// What it costs to make the JSON text of an event and nothing else: the yardstick for what is added.
import { startMeter, type Usage } from '../harness/meter.ts';
import { metricAttributes, requestFacts } from '../harness/requests.ts';
import { answerCalls } from '../harness/subject.ts';

const METRICS = Object.fromEntries(
  Object.entries(metricAttributes(3)).map(([name, value]) => [name.slice('cerberus.metric.'.length), value]),
);

/** Characters written so far: a result that nobody looks at could be optimised away. */
let written = 0;

function eventOf(index: number): object {
  const { atStart, atEnd } = requestFacts(index);
  const digits = index.toString(16);
  return {
    source_ip: digits.padStart(64, '0'),
    endpoint: atStart['url.path'],
    scheme: false,
    method: atStart['http.request.method'],
    custom_data: { ...METRICS },
    timestamp: '2026-11-24T12:00:00.123Z',
    status_code: atEnd['http.response.status_code'],
    latency_ms: 12.345 + (index % 1000),
    route: atEnd['http.route'],
    outcome: 'completed',
    trace_id: digits.padStart(32, '0'),
    span_id: digits.padStart(16, '0'),
  };
}

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
