/**
 * The file that this code runs from, as a path or a `file:` URL. One source becomes CommonJS and an ES module,
 * and `import.meta.url` does not compile for the one, `__filename` does not exist in the other; the engine
 * knows in both.
 */
export function ownLocation(): string | undefined {
  return fromSites() ?? fromText();
}

function fromSites(): string | undefined {
  // oxlint-disable-next-line typescript/unbound-method -- only put back, never called
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    // Some run with none, which makes errors cheap.
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_error, sites) => sites[0]?.getFileName();
    const file: unknown = new Error('for its stack').stack;
    return typeof file === 'string' && file !== '' ? file : undefined;
  } catch {
    // Frozen intrinsics.
    return undefined;
  } finally {
    restore(prepareStackTrace, stackTraceLimit);
  }
}

function restore(prepareStackTrace: typeof Error.prepareStackTrace, stackTraceLimit: number): void {
  try {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  } catch {
    // As above: it was never changed.
  }
}

/** The same out of what V8 writes, where nobody can have it otherwise. */
function fromText(): string | undefined {
  const { stack = '' } = new Error('for its stack');
  return /^ +at .*?((?:file:\/\/|\/|[A-Z]:\\).+):\d+:\d+\)?$/m.exec(stack)?.[1];
}
