/** Segments that a template keeps; what is behind them becomes one `*`. */
const MAX_SEGMENTS = 8;

/** Longest template, characters. */
const MAX_CHARACTERS = 256;

/** A segment that is longer names one thing, not a kind of things. */
const MAX_SEGMENT_CHARACTERS = 64;

/** Digits in a row that make a number of a name: `order-12345`, `report-2024.pdf`, and neither `v2` nor `sha256`. */
const NUMBERED = /\d{4}/;

const IDS: readonly RegExp[] = [
  /^\d+$/,
  // A UUID, with or without braces.
  /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i,
  // A date, a month, or an instant.
  /^\d{4}-\d{2}(?:-\d{2}.*)?$/,
  // An IP address: whatever is around one of IPv4, also in the name of a host, and with a zone.
  /\d([.-])\d{1,3}\1\d{1,3}\1\d/,
  /^[0-9a-f]{0,4}(?:(?::|%3a)[0-9a-f]{0,4}){2,7}(?:%25.*)?$/i,
  // A ULID.
  /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/,
  // An e-mail address; `@scope` is a name of npm's.
  /^.+(?:@|%40).+$/i,
];

/** What a hash looks like: eight hex digits or more, of which one is a digit. */
const HEX = /^(?=.*\d)[0-9a-f]{8,}$/i;

/** Shorter parts of a segment are words, whatever they are made of. */
const MIN_TOKEN_CHARACTERS = 10;

/** Share of the places of a random text at which its kind of character changes; in `getOAuth2TokenList` it is 0.44. */
const RANDOM_CHANGES = 0.5;

/** What a path written in another script, or a sentence, is full of. */
const MANY_ESCAPES = /(?:%[0-9a-f]{2}.*){3}/i;

/**
 * The template that a path seems to be made of: ids, UUIDs, hashes, dates, e-mail and IP addresses and long tokens become `:id`. Names of people
 * that are plain words stay.
 *
 * @returns `undefined` where it would be longer than a template may be
 */
export function templateOf(path: string): string | undefined {
  const segments = path.split('/', MAX_SEGMENTS + 2);
  const kept = segments.slice(0, MAX_SEGMENTS + 1).map((segment) => (isId(segment) ? ':id' : segment));
  const template = [...kept, ...(segments.length > kept.length ? ['*'] : [])].join('/');
  return template.length <= MAX_CHARACTERS ? template : undefined;
}

function isId(segment: string): boolean {
  if (segment.length > MAX_SEGMENT_CHARACTERS) return true;
  if (IDS.some((rule) => rule.test(segment)) || NUMBERED.test(segment) || MANY_ESCAPES.test(segment))
    return true;
  const parts = segment.split(/[^0-9A-Za-z]+/);
  // Base64 for URLs has `-` and `_` among its digits.
  return parts.some((part) => HEX.test(part) || isToken(part)) || isToken(parts.join(''));
}

/** Whether letters and digits are mixed as chance mixes them. */
function isToken(part: string): boolean {
  if (part.length < MIN_TOKEN_CHARACTERS || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false;
  const changes = part.match(/[a-z]+|[A-Z]+|\d+/g)?.length ?? 0;
  return changes / part.length >= RANDOM_CHANGES;
}
