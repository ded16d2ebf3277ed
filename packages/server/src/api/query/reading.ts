import * as v from 'valibot';

import { ruleOf, type GivenParameter, type Parameter, type Parameters } from './parameters.ts';

/** A query, or which parameter is wrong and why. */
export type ParsedQuery<T> =
  | { readonly ok: true; readonly query: T }
  | { readonly ok: false; readonly error: string };

/** Parameters of whatever type. */
type Names = Readonly<Record<string, Parameter<unknown> | GivenParameter<unknown>>>;

/** Most characters of an unknown name that an answer repeats. */
const MAX_SHOWN_CHARACTERS = 64;

/** Reads the parameters of a route by its description. */
export function readQuery<T>(description: Parameters<T>, params: URLSearchParams): ParsedQuery<T> {
  const entries: Names = description;
  const problem = nameProblem(entries, params);
  if (problem !== undefined) return { ok: false, error: problem };
  const result = v.safeParse(v.object(entries), Object.fromEntries(params), { abortEarly: true });
  // Each parameter is read as the description says.
  if (result.success) return { ok: true, query: result.output as T };
  const name = v.getDotPath(result.issues[0]) ?? '';
  const schema = entries[name];
  return { ok: false, error: `\`${name}\` must be ${schema === undefined ? 'known' : ruleOf(schema).rule}` };
}

/** What is wrong with the names of parameters; `undefined` for nothing. */
export function nameProblem(description: Names, params: URLSearchParams): string | undefined {
  const seen = new Set<string>();
  for (const name of params.keys()) {
    if (!Object.hasOwn(description, name)) return unknownProblem(description, name);
    if (seen.has(name)) return `\`${name}\` is given more than once`;
    seen.add(name);
  }
  return undefined;
}

function unknownProblem(description: Names, name: string): string {
  const shown = JSON.stringify(name.slice(0, MAX_SHOWN_CHARACTERS));
  const known = Object.keys(description);
  return known.length === 0
    ? `there are no parameters here, and no ${shown}`
    : `there is no parameter ${shown} here, but these: ${known.join(', ')}`;
}

/** As a query that was read, but checked and made into something else; a text says what is wrong with it. */
export function mapQuery<T, U>(parsed: ParsedQuery<T>, make: (query: T) => U | string): ParsedQuery<U> {
  if (!parsed.ok) return parsed;
  const made = make(parsed.query);
  return typeof made === 'string' ? { ok: false, error: made } : { ok: true, query: made };
}
