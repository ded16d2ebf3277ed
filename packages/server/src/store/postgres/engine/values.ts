import type { Percentiles } from '../../questions/event-query.ts';
import { maybe, number, type Row } from '../../rows/values.ts';

/** The numbers of an array; none for NULL. */
export function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(number) : [];
}

/** The three percentiles that a query gave as one array; all `null` for NULL. */
export function percentiles(value: unknown): Percentiles {
  const [p50, p95, p99] = Array.isArray(value) ? value.map(maybe) : [];
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}

/** The rows of a query that gave them as JSON; none for NULL. */
export function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? (value as Row[]) : [];
}
