import * as v from 'valibot';

import { parseTime } from '../../event/timestamps.ts';
import { parseBucket } from '../../store/figures/bucket-width.ts';

/** One parameter of a query, which may be left out. */
export type Parameter<T> = v.OptionalSchema<v.GenericSchema<string, T>, undefined>;

/** The description of a query: each of its parameters, by its name. `T` is what they are read as. */
export type Parameters<T> = { readonly [Name in keyof T]-?: Parameter<Exclude<T[Name], undefined>> };

/**
 * A parameter.
 *
 * @param rule - what it must be; said to whoever gives something else, and the description of the parameter
 * @param parse - `undefined` for what it must not be
 */
export function parameter<T>(rule: string, parse: (text: string) => T | undefined): Parameter<T> {
  return v.optional(
    v.pipe(
      v.string(),
      v.rawTransform(({ dataset, addIssue, NEVER }): T => {
        const value = parse(dataset.value);
        if (value !== undefined) return value;
        addIssue({ message: rule });
        return NEVER;
      }),
      v.description(rule),
    ),
  );
}

/** One of some words. */
export function wordParameter<const T extends string>(words: readonly T[]): Parameter<T> {
  return parameter(`one of ${words.join(', ')}`, (text) => words.find((word) => word === text));
}

const MAX_TEXT_CHARACTERS = 2048;

/** Any text but none. */
export function textParameter(): Parameter<string> {
  return parameter(`1 to ${MAX_TEXT_CHARACTERS} characters`, (text) =>
    text !== '' && text.length <= MAX_TEXT_CHARACTERS ? text : undefined,
  );
}

/** A number in decimal digits. */
export function numberParameter(): Parameter<number> {
  return parameter('a number such as 12 or 0.5', (text) =>
    /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined,
  );
}

/** So many hex digits, in any case. @returns them in lower case */
export function hexParameter(digits: number): Parameter<string> {
  return parameter(`${digits} hex digits`, (text) =>
    text.length === digits && /^[0-9a-f]+$/i.test(text) ? text.toLowerCase() : undefined,
  );
}

/** The first digits of a pseudonym. @returns them in lower case */
export function pseudonymParameter(): Parameter<string> {
  return parameter('1 to 64 hex digits, the first of a pseudonym', (text) =>
    /^[0-9a-f]{1,64}$/i.test(text) ? text.toLowerCase() : undefined,
  );
}

/** An instant. @returns milliseconds since the epoch */
export function timeParameter(): Parameter<number> {
  return parameter('an RFC 3339 time or milliseconds since the epoch', parseTime);
}

/** The width of a bucket. @returns milliseconds */
export function bucketParameter(): Parameter<number> {
  return parameter('a width such as 30s, 5m, 1h or 1d, at most 366d', parseBucket);
}

/** How many are wanted at most. */
export function limitParameter(max: number): Parameter<number> {
  return parameter(`an integer from 1 to ${max}`, (text) => {
    const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    return limit >= 1 && limit <= max ? limit : undefined;
  });
}

const MAX_SEARCH_CHARACTERS = 256;

/** A part of what is searched for. */
export function searchParameter(): Parameter<string> {
  return parameter(`at most ${MAX_SEARCH_CHARACTERS} characters`, (text) =>
    text.length <= MAX_SEARCH_CHARACTERS ? text : undefined,
  );
}
