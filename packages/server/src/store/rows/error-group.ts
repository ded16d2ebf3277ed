import { SPARKLINE_PARTS } from '../questions/analytics.ts';
import type { ErrorGroup, ErrorList } from '../questions/error-list.ts';
import { maybe, maybeText, number, text, type Row } from './values.ts';

/** Reads the rows of groups of errors; each also says of how many groups and requests it is one. */
export function toErrorList(rows: readonly Row[], numbers: (value: unknown) => readonly number[]): ErrorList {
  return {
    groups: rows.map((row) => toErrorGroup(row, numbers)),
    total: number(rows[0]?.['total']),
    requests: number(rows[0]?.['all_requests']),
  };
}

function toErrorGroup(row: Row, numbers: (value: unknown) => readonly number[]): ErrorGroup {
  const counts = numbers(row['counts']);
  const sparkline = Array.from({ length: SPARKLINE_PARTS }, () => 0);
  for (const [index, part] of numbers(row['parts']).entries()) sparkline[part] = counts[index] ?? 0;
  return {
    clientId: text(row['client_id']),
    method: text(row['method']),
    endpoint: text(row['path']),
    errorType: maybeText(row['error_type']),
    statusCode: maybe(row['status_code']),
    requests: number(row['requests']),
    firstSeen: number(row['first_seen']),
    lastSeen: number(row['last_seen']),
    sparkline,
  };
}
