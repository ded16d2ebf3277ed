import { VARCHAR } from '@duckdb/node-api';

import { folded, otherCases } from '../../filter/search.ts';
import type { Conditions } from '../engine/conditions.ts';

const UPPER_CASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * SQL for whether a text has in it what is searched for, if anything is; in statements that bind it under the name by {@link bindSearch}. A
 * text of nothing but ASCII, which has as many bytes as characters, is folded in a fraction of the time.
 */
export function foundSql(text: string, name: string, search: string | undefined): string {
  if (search === undefined) return 'true';
  return `contains(
    CASE WHEN strlen(${text}) = length(${text}) THEN lower(${text}) ELSE translate(${text}, $${name}_from, $${name}_to) END,
    $${name})`;
}

/** Binds what {@link foundSql} names. */
export function bindSearch(conditions: Conditions, name: string, search: string | undefined): Conditions {
  if (search === undefined) return conditions;
  const { from, to } = otherCases(search);
  return conditions
    .value(name, VARCHAR, folded(search))
    .value(`${name}_from`, VARCHAR, UPPER_CASE + from)
    .value(`${name}_to`, VARCHAR, UPPER_CASE.toLowerCase() + to);
}
