/** Reads a request target. The base only serves the parser; `//host/path` must not become a host. */
export function parseTarget(target: string | undefined): URL | undefined {
  if (target === undefined || !target.startsWith('/')) return undefined;
  try {
    return new URL(`http://server.invalid${target}`);
  } catch {
    return undefined;
  }
}
