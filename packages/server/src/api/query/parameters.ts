import * as v from 'valibot';

import { parseTime } from '../../event/timestamps.ts';
import { BUCKET, parseBucket } from '../../store/figures/bucket-width.ts';

/** One parameter of a query, which must be given. */
export type GivenParameter<T> = v.GenericSchema<string, T>;

/** One parameter of a query, which may be left out. */
export type Parameter<T> = v.OptionalSchema<GivenParameter<T>, undefined>;

/** The description of a query: each of its parameters, by its name. `T` is what they are read as. */
export type Parameters<T> = {
  readonly [Name in keyof T]-?: undefined extends T[Name]
    ? Parameter<Exclude<T[Name], undefined>>
    : GivenParameter<T[Name]>;
};

/** What is known of a parameter beside its schema. */
export interface ParameterRule {
  /** What it must be, in words: said to whoever gives something else. */
  readonly rule: string;
  /** It is a number that is written as text, and is described as what it is read as. */
  readonly isNumber: boolean;
}

/** As a parameter, but it must be given. */
export function given<T>(parameter: Parameter<T>): GivenParameter<T> {
  return parameter.wrapped;
}

/** The rule of a parameter. */
export function ruleOf(schema: Parameter<unknown> | GivenParameter<unknown>): ParameterRule {
  const inner = 'wrapped' in schema ? schema.wrapped : schema;
  return v.getMetadata(inner) as unknown as ParameterRule;
}

function rule<Input extends string = string>(
  text: string,
  isNumber = false,
): v.MetadataAction<Input, { rule: string; isNumber: boolean }> {
  return v.metadata({ rule: text, isNumber });
}

/** One of some words. @param meaning of this parameter and of those below: what it is for */
export function wordParameter<const T extends string>(meaning: string, words: readonly T[]): Parameter<T> {
  return v.optional(v.pipe(v.picklist(words), rule<T>(`one of ${words.join(', ')}`), v.description(meaning)));
}

const MAX_TEXT_CHARACTERS = 2048;

/** No stored text has one; who asks for it gets no answer to another question. */
// oxlint-disable-next-line no-control-regex -- It is what is refused.
const WITHOUT_NUL = /^[^\u0000]*$/;

/** Any text but none. */
export function textParameter(meaning: string): Parameter<string> {
  return v.optional(
    v.pipe(
      v.string(),
      rule(`1 to ${MAX_TEXT_CHARACTERS} characters without NUL`),
      v.description(meaning),
      v.minLength(1),
      v.maxLength(MAX_TEXT_CHARACTERS),
      v.regex(WITHOUT_NUL),
    ),
  );
}

/** Longer than any double is written. */
const MAX_NUMBER_CHARACTERS = 40;

/** A number as JSON writes it, or with more zeros. */
export function numberParameter(meaning: string): Parameter<number> {
  return v.optional(
    v.pipe(
      v.string(),
      rule('a number such as 12, 0.5 or 1e-7', true),
      v.description(meaning),
      v.maxLength(MAX_NUMBER_CHARACTERS),
      v.regex(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/),
      v.check((text) => Number.isFinite(Number(text))),
      v.transform(Number),
      v.number(),
    ),
  );
}

/** A whole number from `min` to `max`, of at most fifteen digits. */
export function integerParameter(
  meaning: string,
  { min, max, text }: { readonly min: number; readonly max: number; readonly text: string },
): Parameter<number> {
  return v.optional(
    v.pipe(
      v.string(),
      rule(text, true),
      v.description(meaning),
      v.regex(/^\d{1,15}$/),
      v.transform(Number),
      v.number(),
      v.integer(),
      v.minValue(min),
      v.maxValue(max),
    ),
  );
}

/** How many are wanted at most. */
export function limitParameter(byDefault: number, max: number): Parameter<number> {
  const text = `an integer from 1 to ${max}`;
  return integerParameter(`How many are listed at most, by default ${byDefault}.`, { min: 1, max, text });
}

/** So many hex digits, in any case. @returns them in lower case */
export function hexParameter(meaning: string, digits: number): Parameter<string> {
  return v.optional(
    v.pipe(
      v.string(),
      rule(`${digits} hex digits`),
      v.description(meaning),
      v.regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`)),
      v.toLowerCase(),
    ),
  );
}

/** The first digits of a pseudonym. @returns them in lower case */
export function pseudonymParameter(meaning: string): Parameter<string> {
  return v.optional(
    v.pipe(
      v.string(),
      rule('1 to 64 hex digits, the first of a pseudonym'),
      v.description(meaning),
      v.regex(/^[0-9a-fA-F]{1,64}$/),
      v.toLowerCase(),
    ),
  );
}

/** An instant. @returns milliseconds since the epoch */
export function timeParameter(meaning: string): Parameter<number> {
  return v.optional(
    v.pipe(
      v.string(),
      rule('an RFC 3339 time or milliseconds since the epoch'),
      v.description(meaning),
      parsed(parseTime),
    ),
  );
}

/** The width of a bucket. @returns milliseconds */
export function bucketParameter(): Parameter<number> {
  return v.optional(
    v.pipe(
      v.string(),
      rule('a width such as 30s, 5m, 1h or 1d, at most 366d'),
      v.description('The width of a bucket; by default one that suits the range.'),
      v.regex(BUCKET),
      parsed(parseBucket),
    ),
  );
}

const MAX_SEARCH_CHARACTERS = 256;

/** A part of what is searched for. */
export function searchParameter(meaning: string): Parameter<string> {
  return v.optional(
    v.pipe(
      v.string(),
      rule(`at most ${MAX_SEARCH_CHARACTERS} characters without NUL`),
      v.description(meaning),
      v.maxLength(MAX_SEARCH_CHARACTERS),
      v.regex(WITHOUT_NUL),
    ),
  );
}

/** A parameter with a form of its own, which `pattern` has as far as a regular expression can tell. */
export function patternParameter<T>(
  meaning: string,
  text: string,
  pattern: RegExp,
  parse: (text: string) => T | undefined,
): Parameter<T> {
  return v.optional(v.pipe(v.string(), rule(text), v.description(meaning), v.regex(pattern), parsed(parse)));
}

/** @param parse `undefined` for what it must not be */
function parsed<T>(parse: (text: string) => T | undefined): v.RawTransformAction<string, T> {
  return v.rawTransform(({ dataset, addIssue, NEVER }): T => {
    const value = parse(dataset.value);
    if (value !== undefined) return value;
    addIssue();
    return NEVER;
  });
}
