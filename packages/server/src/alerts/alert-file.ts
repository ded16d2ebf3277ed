import * as v from 'valibot';

import { CerberusServerError } from '../errors.ts';
import { readJsonFile } from '../json-file.ts';
import type { EventFilter } from '../store/filter/event-filter.ts';
import { parseDestination, type Destination } from './delivery/destination.ts';
import { parseNewRule } from './rules/checks.ts';
import { readBy, type Rule } from './rules/rule.ts';

/** Reads the words of a filter. @returns the rule that is broken, as text */
export type ParseFilter = (words: Readonly<Record<string, string>>) => EventFilter | string;

/** Rules and destinations by their ids, which begin with {@link FILE_PREFIX}. */
export interface AlertFile {
  readonly rules: ReadonlyMap<string, Rule>;
  readonly destinations: ReadonlyMap<string, Destination>;
}

/** No id that the server makes up begins so. */
export const FILE_PREFIX = 'file-';

/** There is no file. */
export const NO_FILE: AlertFile = Object.freeze({ rules: new Map(), destinations: new Map() });

const FILE_SCHEMA = v.strictObject({
  destinations: v.optional(v.array(v.looseObject({ id: v.string('a text') }, 'an object'), 'a list'), []),
  rules: v.optional(v.array(v.looseObject({ id: v.string('a text') }, 'an object'), 'a list'), []),
});

/**
 * Reads a file of rules and destinations.
 *
 * @param env - where `{"env": "NAME"}` in the place of a text takes the text from
 * @throws CerberusServerError `INVALID_OPTION`: the message names the entry and the rule, and has no value in it
 */
export function readAlertFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  parseFilter: ParseFilter,
): AlertFile {
  const wrong = (text: string): CerberusServerError =>
    new CerberusServerError('INVALID_OPTION', `\`alerts\`: ${path}: ${text}`);
  const file = readBy(FILE_SCHEMA, withVariables(readJsonFile(path, wrong), env, wrong));
  if (typeof file === 'string') throw wrong(file);
  const destinations = byId(file.destinations, 'destination', wrong, destinationOf);
  const rules = byId(file.rules, 'rule', wrong, (value) => ruleOf(value, destinations, parseFilter));
  return { destinations, rules };
}

function withVariables(
  value: unknown,
  env: Readonly<Record<string, string | undefined>>,
  wrong: (text: string) => CerberusServerError,
): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => withVariables(each, env, wrong));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value) as [string, unknown][];
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'env' && typeof first[1] === 'string') {
    const text = env[first[1]];
    if (text === undefined || text === '') throw wrong(`the variable ${first[1].slice(0, 64)} is not set`);
    return text;
  }
  return Object.fromEntries(entries.map(([name, member]) => [name, withVariables(member, env, wrong)]));
}

function byId<T>(
  entries: readonly { readonly id: string }[],
  what: string,
  wrong: (text: string) => CerberusServerError,
  parse: (value: object) => T | string,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const { id, ...rest } of entries) {
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id))
      throw wrong(`the \`id\` of a ${what} must be 1 to 64 of a-z, 0-9, _ and -`);
    if (found.has(FILE_PREFIX + id)) throw wrong(`${what} \`${id}\` is there twice`);
    const parsed = parse(rest);
    if (typeof parsed === 'string') throw wrong(`${what} \`${id}\`: ${parsed}`);
    found.set(FILE_PREFIX + id, parsed);
  }
  return found;
}

function destinationOf(value: object): Destination | string {
  const parsed = parseDestination(value);
  if (typeof parsed === 'string' || parsed.kind !== 'webhook' || parsed.secret !== undefined) return parsed;
  return '`secret` must be given';
}

/** The file has its own destinations, and knows no others. */
function ruleOf(
  value: object,
  known: ReadonlyMap<string, Destination>,
  parseFilter: ParseFilter,
): Rule | string {
  const parsed = parseNewRule(value);
  if (typeof parsed === 'string') return parsed;
  const destinations = parsed.destinations.map((id) => FILE_PREFIX + id);
  if (destinations.some((id) => !known.has(id)))
    return '`destinations` must be ids of destinations of the file';
  const filter = parseFilter(parsed.filter);
  return typeof filter === 'string' ? `\`filter\`: ${filter}` : { ...parsed, destinations };
}
