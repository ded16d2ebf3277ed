import { folded, otherCases } from '../../filter/search.ts';
import { storable, type Conditions } from '../engine/conditions.ts';

/** SQL for whether a text has in it what is searched for, if anything is; in statements that bind it under the name by {@link bindSearch}. */
export function foundSql(text: string, name: string, search: string | undefined): string {
  if (search === undefined) return 'true';
  const lower = `lower(${text} COLLATE "C")`;
  const comparable =
    otherCases(search).from === '' ? lower : `translate(${lower}, $${name}_from, $${name}_to)`;
  return `strpos(${comparable}, $${name}) > 0`;
}

/** Binds what {@link foundSql} names. */
export function bindSearch(conditions: Conditions, name: string, search: string | undefined): Conditions {
  if (search === undefined) return conditions;
  const { from, to } = otherCases(search);
  return conditions
    .value(name, 'text', storable(folded(search)))
    .value(`${name}_from`, 'text', from)
    .value(`${name}_to`, 'text', to);
}
