/** What router 2 matches a path with: a function for each path of a layer. */
export type Matcher = (path: string) => Match | false;

interface Match {
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Stands for any value. Only compared with what comes back, never part of a pattern. */
const ANY = 'zz9any9zz';

/**
 * Of what a layer matches. A client can write thousands of segments where one stands for all that follows (`*rest`), and each would be
 * found out by a call that takes as long as all of them.
 */
const MAX_SEGMENTS = 16;
const MAX_CHARACTERS = 256;

/** What was found out of a matcher, for paths whose parameters are in the same places. */
interface Probed {
  /** Names of parameters as they come back. */
  readonly names: string;
  /** Of the path; undefined where there is a value. */
  readonly literals: readonly (string | undefined)[];
  readonly pattern: string | undefined;
}

/** Of each matcher the last one: finding it out takes a call for each letter. */
const PROBED = new WeakMap<Matcher, Probed>();

/**
 * The pattern behind matchers that do not say it, before router 2.3: what they take for a value is found by giving them another one.
 * Knows parameters that are whole segments.
 *
 * @param path one that matches
 * @returns undefined when it is not certain which parts of the path are the pattern's
 */
export function probedPattern(matchers: readonly Matcher[], path: string): string | undefined {
  for (const matcher of matchers) {
    const match = matcher(path);
    if (match === false) continue;
    // Named so by path-to-regexp. Expressions of the application can match values that they do not capture.
    return matcher.name === 'match' ? patternOf(matcher, match) : undefined;
  }
  return undefined;
}

function patternOf(matcher: Matcher, { path, params }: Match): string | undefined {
  if (path.length > MAX_CHARACTERS) return undefined;
  const segments = path.replace(/(?<=.)\/$/, '').split('/');
  if (segments.length > MAX_SEGMENTS) return undefined;
  const names = Object.keys(params);
  const known = PROBED.get(matcher);
  if (known !== undefined && known.names === names.join() && fits(known.literals, segments))
    return known.pattern;
  const probed = probe(matcher, segments, names);
  PROBED.set(matcher, probed);
  return probed.pattern;
}

function fits(literals: readonly (string | undefined)[], segments: readonly string[]): boolean {
  return (
    literals.length === segments.length &&
    literals.every((literal, index) => literal === undefined || literal === segments[index])
  );
}

function probe(matcher: Matcher, segments: readonly string[], names: readonly string[]): Probed {
  const found = segments.map((_, index) => nameOf(matcher, segments.with(index, ANY)));
  const literals = segments.map((segment, index) => (found[index] === undefined ? segment : undefined));
  const known = found.filter((name) => name !== undefined);
  const isCertain =
    known.length === names.length &&
    known.every((name) => names.includes(name)) &&
    // Of parameters with one name only the last one comes back.
    (names.length === 0 || literals.every((_, index) => isLiteral(matcher, literals, segments, index)));
  return {
    names: names.join(),
    literals,
    pattern: isCertain ? spelled(matcher, segments, found) : undefined,
  };
}

function spelled(
  matcher: Matcher,
  segments: readonly string[],
  found: readonly (string | undefined)[],
): string {
  const lower = segments.map((segment, index) => (found[index] === undefined ? lowerCase(segment) : segment));
  // Of the spellings that a client may choose, one.
  const literals = matcher(lower.join('/')) === false ? segments : lower;
  return found.map((name, index) => (name === undefined ? literals[index] : `:${name}`)).join('/');
}

/** But for escapes, which most write in capitals. */
function lowerCase(segment: string): string {
  return segment.toLowerCase().replaceAll(/%[\da-f]{2}/g, (escape) => escape.toUpperCase());
}

/** The parameter that has another value now. */
function nameOf(matcher: Matcher, segments: readonly string[]): string | undefined {
  const match = matchOf(matcher, segments);
  return match && Object.keys(match.params).find((name) => match.params[name] === ANY);
}

/** Whether no letter can be added to a segment that is no parameter. */
function isLiteral(
  matcher: Matcher,
  literals: Probed['literals'],
  segments: readonly string[],
  index: number,
): boolean {
  const literal = literals[index];
  if (literal === undefined || literal === '') return true;
  return Array.from({ length: literal.length + 1 }).every((_, at) => {
    const longer = `${literal.slice(0, at)}z${literal.slice(at)}`;
    return matchOf(matcher, segments.with(index, longer)) === undefined;
  });
}

/** Undefined also where fewer segments match. */
function matchOf(matcher: Matcher, segments: readonly string[]): Match | undefined {
  const match = matcher(segments.join('/'));
  return match !== false && match.path.split('/').length === segments.length ? match : undefined;
}
