import type { DemoResult } from '../results/demo-result.ts';
import type { EndpointRow } from '../results/endpoint-figures.ts';
import { isExactlyOnce } from '../results/exactly-once.ts';
import type { MetricRow } from '../results/metric-figures.ts';
import { count, decimal, millis, share } from './format.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

const INDENT = '  ';

/** The summary, as lines. */
export function report(result: DemoResult, paint: Paint): string[] {
  return [
    '',
    ...section('Requests', requestLines(result, paint), paint),
    ...section('Endpoints', endpointLines(result.endpoints, paint), paint),
    ...section('Custom metrics', metricLines(result.metrics, paint), paint),
    verdict(result, paint),
  ];
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  return [paint.bold(title), ...lines.map((line) => `${INDENT}${line}`), ''];
}

function requestLines(result: DemoResult, paint: Paint): string[] {
  const { outcomes, latency_ms: latency } = result;
  const [requests = '', stored = '', lost = '', duplicates = '', ...further] = table(
    [
      ['received', count(result.requests), 'counted by the shop itself, without OpenTelemetry'],
      ['stored', count(result.stored), 'told apart by trace and span'],
      ['lost', count(result.lost), ''],
      ['duplicates', count(result.duplicates), ''],
      ['HTTP metric', count(result.durations_recorded), 'http.server.request.duration, an independent count'],
      ['unsampled', count(result.unsampled), 'callers that asked not to be traced, stored like the others'],
      ['aborted', count(outcomes.aborted), 'connections that broke before the response was written'],
      ['errors', count(outcomes.error), 'thrown in a handler, or another 5xx'],
      ['clients', count(result.clients), `pseudonyms of ${count(result.addresses)} addresses`],
      [
        'latency',
        millis(latency.p50),
        `half of them; 95 % ${millis(latency.p95)}, 99 % ${millis(latency.p99)}`,
      ],
    ],
    ['left', 'right', 'left'],
  );
  const mark = (line: string, isGood: boolean): string => (isGood ? paint.good(line) : paint.bad(line));
  const surplus = result.unexpected === 0 ? [] : [paint.bad(`unexpected   ${count(result.unexpected)}`)];
  return [
    requests,
    stored,
    mark(lost, result.lost === 0),
    mark(duplicates, result.duplicates === 0),
    ...surplus,
    ...further,
  ];
}

function endpointLines(rows: readonly EndpointRow[], paint: Paint): string[] {
  const [head = '', ...lines] = table(
    [
      ['', '', 'requests', 'errors', 'aborted', 'p50', 'p95'],
      ...rows.map(({ method, route, requests, errors, aborted, p50, p95 }) => [
        method,
        route ?? '(no route)',
        count(requests),
        count(errors),
        count(aborted),
        millis(p50),
        millis(p95),
      ]),
    ],
    ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
  );
  return [paint.dim(head), ...lines];
}

function metricLines(rows: readonly MetricRow[], paint: Paint): string[] {
  const [head = '', ...lines] = table(
    [['', '', 'events', ''], ...rows.map((row) => [row.name, row.type, count(row.events), valuesOf(row)])],
    ['left', 'left', 'right', 'left'],
  );
  return [paint.dim(head), ...lines];
}

function valuesOf(row: MetricRow): string {
  if (row.type === 'number') return `${decimal(row.min)} to ${decimal(row.max)}, mean ${decimal(row.mean)}`;
  if (row.type === 'boolean') return `${share(row.true, row.events)} true`;
  return row.top.map(([value, times]) => `${value} ${count(times)}`).join(', ');
}

function verdict(result: DemoResult, paint: Paint): string {
  if (isExactlyOnce(result)) {
    return paint.good(`✓ Each of the ${count(result.requests)} requests is stored exactly once.`);
  }
  return paint.bad(
    `✗ Not every request is stored exactly once: ${count(result.lost)} lost, ` +
      `${count(result.duplicates)} duplicates, ${count(result.unexpected)} unexpected.`,
  );
}
