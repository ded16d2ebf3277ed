import { metricAttributes, requestFacts } from './requests.ts';

const METRICS = Object.fromEntries(
  Object.entries(metricAttributes(3)).map(([name, value]) => [name.slice('cerberus.metric.'.length), value]),
);

/** The event of the `index`-th request, as it is on the wire. */
export function eventOf(index: number): object {
  const { atStart, atEnd } = requestFacts(index);
  const digits = (index * 2_654_435_761).toString(16);
  return {
    source_ip: digits.padStart(64, '0'),
    endpoint: atStart['url.path'],
    scheme: false,
    method: atStart['http.request.method'],
    custom_data: { ...METRICS },
    timestamp: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
    status_code: atEnd['http.response.status_code'],
    latency_ms: (index % 1000) + 0.345,
    route: atEnd['http.route'],
    outcome: 'completed',
    trace_id: digits.padStart(32, '0'),
    span_id: digits.padStart(16, '0'),
  };
}
