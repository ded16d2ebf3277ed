import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { maybeText } from '../../rows/values.ts';

/** Collations that know the cases of all scripts, the preferred first; without ICU there is none of them. */
const COLLATIONS = ['und-x-icu', 'pg_c_utf8'] as const;

/** SQL for whether a text has another one in it, in any case. */
export type Contains = (text: string, search: string) => string;

/**
 * How to search in this database. Its own collation may be `C`, which knows the cases of ASCII only.
 */
export async function caseless(rows: ReadRows): Promise<Contains> {
  const known = COLLATIONS.map((name) => `'${name}'`).join(', ');
  const [row] = await rows(
    new Conditions().query(
      `SELECT collname AS name FROM pg_collation WHERE collname IN (${known}) ORDER BY collname DESC LIMIT 1`,
    ),
  );
  const name = maybeText(row?.['name']);
  const collation = name === null ? '' : ` COLLATE "${name}"`;
  return (text, search) => `strpos(lower(${text}${collation}), lower(${search}${collation})) > 0`;
}
