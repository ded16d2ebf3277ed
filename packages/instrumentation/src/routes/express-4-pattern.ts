/** What path-to-regexp 0.1 puts behind a path that others may continue. */
const END = String.raw`\/?(?=\/|$)`;
/** Between the expressions of a list of paths. */
const NEXT = /(?<=\(\?=\\\/\|\$\))\|(?=\^)/;
/**
 * A parameter (`/:id`, `.:ext`, `:id(\d+)`, `:id?`), with what path-to-regexp captures where nothing else is said; `*`; an escaped
 * character; any other character that says nothing in an expression.
 */
const PIECE =
  /\(\?:(?<format>\\\.)?(?<slash>\\\/)?\((?:\[\^\\?\/(?:\\\.)?\]\+\?|\(\?:\(\?![^()]*\)\.\)\+\?|(?<own>(?:\\.|[^()])+))\)\)(?<optional>\?)?|(?<star>\(\.\*\))|\\(?<escaped>[^\w])|(?<plain>[^\\^$.*+?()[\]{}|])/suy;

/**
 * The path behind an expression that Express 4 has made of it for `use`: it keeps nothing else.
 *
 * @param keys the names of its parameters, in their order
 * @returns the expression itself where the application has given one; undefined when it cannot be told
 */
export function routerPattern(
  expression: RegExp,
  keys: readonly { readonly name?: unknown }[],
): string | undefined {
  const { source } = expression;
  if (!source.endsWith(END)) return String(expression);
  const names = keys.map(({ name }) => name);
  const paths = source.split(NEXT).map((each) => pathOf(each, names));
  return paths.includes(undefined) ? undefined : paths.join(',');
}

/** @param names of which it takes those that it needs */
function pathOf(source: string, names: unknown[]): string | undefined {
  if (!source.startsWith('^') || !source.endsWith(END)) return undefined;
  const body = source.slice(1, -END.length);
  let path = '';
  for (PIECE.lastIndex = 0; PIECE.lastIndex < body.length;) {
    const found = PIECE.exec(body)?.groups;
    if (found === undefined) return undefined;
    const { star, escaped, plain } = found;
    const text = escaped ?? plain ?? (star === undefined ? parameter(found, names.shift()) : '*');
    if (text === undefined) return undefined;
    if (star !== undefined) names.shift();
    path += text;
  }
  return path === '' ? '/' : path;
}

function parameter(found: Record<string, string | undefined>, name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const { format, slash, own, optional = '' } = found;
  const before = `${slash === undefined ? '' : '/'}${format === undefined ? '' : '.'}`;
  return `${before}:${name}${own === undefined ? '' : `(${own})`}${optional}`;
}
