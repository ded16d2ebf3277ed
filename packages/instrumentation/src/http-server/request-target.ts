/** Path and query of a request target, as they stand on a span. */
export interface Target {
  /** Undefined for what is no target at all, such as `//`. */
  readonly path: string | undefined;
  /** Without `?`; undefined where there is none. */
  readonly query: string | undefined;
}

/** What stands in for a value that is not to be seen. */
const REDACTED = 'REDACTED';

/** A path that resolving leaves as it is, but for dot segments. Most are; a URL takes longer than all other attributes together. */
const PLAIN_PATH = /^\/(?!\/)[\w.~!$&'()*+,;=:@%/-]*$/;
const DOTS = /\/\.|%2e/i;

/** A query that parsing and writing it again leaves as it is. */
const PLAIN_QUERY = /^[\w*.-]+=[\w*.+-]*(?:&[\w*.-]+=[\w*.+-]*)*$/;

/**
 * Reads request targets: origin form, absolute form or `*`. Paths are resolved and queries are written as a URL has them.
 *
 * @param redacted parameters whose values are replaced
 */
export function targetReader(redacted: readonly string[]): (target: string) => Target {
  const hasRedacted = mentions(redacted);

  function queryOf(query: string): string | undefined {
    if (query === '') return undefined;
    if (PLAIN_QUERY.test(query) && !hasRedacted(query)) return query;
    const parameters = new URLSearchParams(query);
    for (const name of redacted) if (parameters.has(name)) parameters.set(name, REDACTED);
    return parameters.toString();
  }

  function resolved(target: string): Target {
    // Against any host: neither depends on it, and the one that the client names need not be one.
    if (!URL.canParse(target, 'http://localhost')) return { path: undefined, query: undefined };
    const { pathname, search } = new URL(target, 'http://localhost');
    return { path: pathname, query: queryOf(search.slice(1)) };
  }

  return (target) => {
    const mark = target.indexOf('?');
    const path = mark === -1 ? target : target.slice(0, mark);
    if (!PLAIN_PATH.test(path) || DOTS.test(path)) return resolved(target);
    if (mark === -1) return { path, query: undefined };
    const query = target.slice(mark + 1);
    return PLAIN_QUERY.test(query) ? { path, query: queryOf(query) } : resolved(target);
  };
}

/** Whether a plain query may have one of these parameters. */
function mentions(names: readonly string[]): (query: string) => boolean {
  if (names.length === 0) return () => false;
  const escaped = names.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  const expression = new RegExp(`(?:^|&)(?:${escaped.join('|')})=`);
  return (query) => expression.test(query);
}
