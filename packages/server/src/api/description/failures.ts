import type { SchemaName } from './answers.ts';

/** A part of the description, as JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** How routes of a kind fail, all of them. */
export const FAILURES = {
  BadParameter: 'A parameter is wrong, or not one of these.',
  BadBody: 'A parameter or a member of the body is wrong, or not one of these.',
  Unauthorized: 'There is no token, or a wrong one.',
  Forbidden: 'What was presented is not for this.',
  TooLarge: 'The body is too large.',
  NotJson: 'The body is not `application/json`.',
  TooManyGuesses: 'Too many wrong tokens came from this address: again after `Retry-After`.',
  Mistake: 'The server made a mistake.',
  NotNow: 'Not now: again after `Retry-After`, where it is given.',
} as const;

const RETRY_AFTER = { description: 'Seconds.', schema: { type: 'integer', minimum: 0 } };

/** A body that is JSON, or the same in another encoding. */
export function contentOf(schema: Json, encodings: readonly string[]): Json {
  return {
    'application/json': { schema },
    ...Object.fromEntries(encodings.map((type) => [type, {}])),
  };
}

/** A failure, by default in the form of all routes. */
export function failureOf(
  description: string,
  schema: SchemaName = 'Failure',
  encodings: readonly string[] = [],
): Json {
  const mayRepeat = description.includes('Retry-After');
  return {
    description,
    ...(mayRepeat && { headers: { 'Retry-After': RETRY_AFTER } }),
    content: contentOf({ $ref: `#/components/schemas/${schema}` }, encodings),
  };
}

/** All of {@link FAILURES}, by their names. */
export function failureResponses(): Json {
  const named = Object.entries(FAILURES).map(([name, description]) => [name, failureOf(description)]);
  return Object.fromEntries(named) as Json;
}
