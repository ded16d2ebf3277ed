import { DuckDBListValue } from '@duckdb/node-api';

import type { Percentiles } from '../../questions/event-query.ts';
import { maybe, number } from '../../rows/values.ts';

/** The numbers of a list; none for NULL. */
export function numbers(value: unknown): readonly number[] {
  return value instanceof DuckDBListValue ? value.items.map(number) : [];
}

/** The three percentiles that a query gave as one list; all `null` for NULL. */
export function percentiles(value: unknown): Percentiles {
  const [p50, p95, p99] = value instanceof DuckDBListValue ? value.items.map(maybe) : [];
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
}
