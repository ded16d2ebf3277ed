import type { Summary } from '../../store/questions/event-query.ts';
import { printable, type Paint } from '../terminal.ts';

const MAX_ENDPOINTS = 10;

/**
 * What an application did, as lines.
 *
 * @param findings what keeps data away, as the application found
 */
export function devSummary(summary: Summary, findings: readonly string[], paint: Paint): string[] {
  const missing = [...new Set(findings)].map((finding) => paint.yellow(`missing: ${printable(finding)}`));
  return [...whatItDid(summary, paint), ...missing];
}

function whatItDid(summary: Summary, paint: Paint): string[] {
  const { requests, errors, clients, latency, endpoints } = summary;
  if (requests === 0) return ['No request was stored.'];
  const shown = endpoints.slice(0, MAX_ENDPOINTS);
  const width = Math.max(...shown.map(({ method, endpoint }) => printable(`${method} ${endpoint}`).length));
  const rest = endpoints.length - shown.length;
  return [
    paint.bold(`${count(requests, 'request')}, ${count(errors, 'error')}, ${count(clients, 'client')}`),
    `latency  p50 ${millis(latency.p50)}, p95 ${millis(latency.p95)}, p99 ${millis(latency.p99)}`,
    ...shown.map((each) => {
      const name = printable(`${each.method} ${each.endpoint}`).padEnd(width);
      const failed = each.errors === 0 ? '' : paint.red(`  ${count(each.errors, 'error')}`);
      return `  ${name}  ${count(each.requests, 'request').padStart(14)}  p95 ${millis(each.p95)}${failed}`;
    }),
    ...(rest > 0 ? [paint.dim(`  and ${count(rest, 'more endpoint')}`)] : []),
  ];
}

function count(value: number, noun: string): string {
  return `${value.toLocaleString('en-US')} ${noun}${value === 1 ? '' : 's'}`;
}

function millis(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
