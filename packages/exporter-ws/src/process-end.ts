/**
 * Somebody who has something to do when the process is about to end. Nothing of it may throw, and what belongs to the
 * `exit` event is synchronous: no timer fires and no promise settles after it.
 */
export interface EndOfProcess {
  /** The process will end soon: from now on nothing waits for more to come. */
  hurry?(): void;
  /**
   * At `exit`, and before `hurry`, before anybody else's turn: gives what it holds to others.
   *
   * @param isLast the process may end in this turn, so even what is waited for with a reason goes
   */
  handOver?(isLast: boolean): void;
  /** At `exit`: the last chance. */
  leave?(): void;
  /** Resolves when what it holds is delivered, or cannot be. */
  flush?(): Promise<unknown>;
  /** As `flush`, and takes nothing more. */
  shutdown?(): Promise<unknown>;
}

interface Shared {
  readonly parts: Set<EndOfProcess>;
  stopListening: () => void;
  leaving: boolean;
}

/** One list for the CommonJS and the ES module copy of this package, so that `handOver` of one precedes `leave` of the other. */
const SHARED = Symbol.for('@cerberus-otel/process-end.v1');

function shared(): Shared {
  const fresh: Shared = { parts: new Set(), stopListening: () => undefined, leaving: false };
  return ((globalThis as Record<symbol, unknown>)[SHARED] ??= fresh) as Shared;
}

/** Who is to be told of the end of the process, in the order in which they came. */
export function partsToEnd(): readonly EndOfProcess[] {
  return [...shared().parts];
}

/**
 * Tells `part` when the process ends. There is one listener of `exit` and one of `beforeExit` for all of them, and none
 * when there are no parts.
 *
 * @returns what takes it back
 */
export function atProcessEnd(part: EndOfProcess): () => void {
  const all = shared();
  if (all.parts.size === 0) all.stopListening = listen();
  all.parts.add(part);
  return () => {
    if (all.parts.delete(part) && all.parts.size === 0) all.stopListening();
  };
}

/**
 * The process will end soon: what everybody holds leaves at once, and what is still to come as it comes.
 *
 * @param isLast the process may end in this turn, without an `exit` event
 */
export function hurryAll(isLast = false): void {
  for (const part of partsToEnd()) part.handOver?.(isLast);
  for (const part of partsToEnd()) part.hurry?.();
}

/** Whether the process is at its `exit`: only what is synchronous still happens. */
export function isLeaving(): boolean {
  return shared().leaving;
}

/** The process ends in this turn, by `exit` or by a signal that nothing precedes. */
export function leaveAll(): void {
  shared().leaving = true;
  for (const part of partsToEnd()) part.handOver?.(true);
  for (const part of partsToEnd()) part.leave?.();
}

/** Node gives it the exit code. */
function onBeforeExit(): void {
  hurryAll();
}

function listen(): () => void {
  process.on('beforeExit', onBeforeExit);
  // Before the listeners that are there: one that throws, or calls `process.exit` again, is the last that Node calls.
  process.prependListener('exit', leaveAll);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', leaveAll);
  };
}
