/** What router 2 matches a path with: a function for each path of a layer. */
export type Matcher = (path: string) => Match | false;

interface Match {
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Stands for any value. Only compared with what comes back, never part of a pattern. */
const ANY = 'zz9any9zz';

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
    return matcher.name === 'match' ? probe(matcher, match) : undefined;
  }
  return undefined;
}

function probe(matcher: Matcher, { path, params }: Match): string | undefined {
  const segments = path.replace(/(?<=.)\/$/, '').split('/');
  const names = segments.map((_, index) => nameOf(matcher, segments.with(index, ANY)));
  const known = names.filter((name) => name !== undefined);
  if (known.length !== Object.keys(params).length || !known.every((name) => name in params)) return undefined;
  const lower = segments.map((segment, index) =>
    names[index] === undefined ? segment.toLowerCase() : segment,
  );
  // Of the spellings that a client may choose, one.
  const literals = matcher(lower.join('/')) === false ? segments : lower;
  return names.map((name, index) => (name === undefined ? literals[index] : `:${name}`)).join('/');
}

/** The parameter that has another value now. */
function nameOf(matcher: Matcher, segments: readonly string[]): string | undefined {
  const match = matcher(segments.join('/'));
  if (match === false || match.path.split('/').length !== segments.length) return undefined;
  return Object.keys(match.params).find((name) => match.params[name] === ANY);
}
