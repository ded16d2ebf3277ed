/** Whether what is escaped in the query of a target is UTF-8: anything else would be read as another text than was meant. */
export function isUtf8Query(target: string | undefined): boolean {
  const escaped = /\?.*/s.exec(target ?? '')?.[0].match(/(?:%[\da-f]{2})+/gi) ?? [];
  return escaped.every((text) => {
    try {
      return decodeURIComponent(text) !== '';
    } catch {
      return false;
    }
  });
}

/** Reads a request target. The base only serves the parser; `//host/path` must not become a host. */
export function parseTarget(target: string | undefined): URL | undefined {
  if (target === undefined || !target.startsWith('/')) return undefined;
  try {
    return new URL(`http://server.invalid${target}`);
  } catch {
    return undefined;
  }
}
