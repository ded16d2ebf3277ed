import { DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';

import type { Percentiles } from '../../event-query.ts';

/** A row, by column name. */
export type Row = Readonly<Record<string, DuckDBValue>>;

/** A number of any of DuckDB's types, `null` for NULL. */
export function maybe(value: DuckDBValue | undefined): number | null {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : null;
}

/** A number of any of DuckDB's types, 0 for NULL. */
export function number(value: DuckDBValue | undefined): number {
  return maybe(value) ?? 0;
}

/** A text, `null` for NULL. */
export function maybeText(value: DuckDBValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text, empty for NULL. */
export function text(value: DuckDBValue | undefined): string {
  return maybeText(value) ?? '';
}

/** The three percentiles that a query gave as one list; all `null` for NULL. */
export function percentiles(value: DuckDBValue | undefined): Percentiles {
  const [p50, p95, p99] = value instanceof DuckDBListValue ? value.items.map(maybe) : [];
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}
