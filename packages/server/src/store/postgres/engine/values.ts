import type { Percentiles } from '../../event-query.ts';

/** A row, by column name, as `pg` gives it: 64-bit numbers are texts. */
export type Row = Readonly<Record<string, unknown>>;

/** A number of any of PostgreSQL's types, `null` for NULL. */
export function maybe(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : null;
}

/** A number of any of PostgreSQL's types, 0 for NULL. */
export function number(value: unknown): number {
  return maybe(value) ?? 0;
}

/** A text, `null` for NULL. */
export function maybeText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text, empty for NULL. */
export function text(value: unknown): string {
  return maybeText(value) ?? '';
}

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
