import { createHash } from 'node:crypto';
import { metricAttributes, requestFacts } from './requests.ts';

const METRICS = Object.fromEntries(
  Object.entries(metricAttributes(3)).map(([name, value]) => [name.slice('cerberus.metric.'.length), value]),
);

/** The event of the `index`-th request, as it is on the wire. */
export function eventOf(index: number): object {
  const { atStart, atEnd } = requestFacts(index);
  const digits = createHash('sha256').update(String(index)).digest('hex');
  return {
    source_ip: digits,
    endpoint: atStart['url.path'],
    scheme: false,
    method: atStart['http.request.method'],
    custom_data: { ...METRICS },
    timestamp: new Date(Date.UTC(2026, 0, 1) + index).toISOString(),
    status_code: atEnd['http.response.status_code'],
    latency_ms: (index % 1000) + 0.345,
    route: atEnd['http.route'],
    outcome: 'completed',
    trace_id: digits.slice(0, 32),
    span_id: digits.slice(32, 48),
  };
}
