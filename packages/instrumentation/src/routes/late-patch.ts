/** A method of a package's class that is to be heard of, in whichever copies of it are loaded. */
export interface LatePatch {
  /** How the name of the file ends whose export the class is, with `/`. */
  readonly file: string;
  readonly method: string;
  /** Called before the method, with what that is given. What it throws is lost. */
  readonly note: (owner: object, args: readonly unknown[]) => void;
}

type Method = (this: object, ...args: unknown[]) => unknown;
type Prototype = Record<string, unknown> & { [PATCHED]?: Patched };

/** What was made of a method, for whoever wants the same next: there are two copies of this package. */
interface Patched {
  readonly original: Method;
  readonly replacement: Method;
  /** How many want it. Where somebody else has wrapped it in turn it stays, and does nothing without any. */
  users: number;
}

const PATCHED: unique symbol = Symbol.for('@cerberus-otel/late-patch.v1');

/**
 * Replaces the method of a class that is already in use, unless that is done.
 *
 * @returns what puts it back; undefined for anything that is not the class that was expected
 */
export function patch(exported: unknown, { method, note }: LatePatch): (() => void) | undefined {
  try {
    if (typeof exported !== 'function') return undefined;
    const prototype = exported.prototype as Prototype;
    const patched = Object.hasOwn(prototype, PATCHED)
      ? prototype[PATCHED]
      : replaced(prototype, method, note);
    if (patched === undefined) return undefined;
    patched.users += 1;
    return once(() => release(prototype, method, patched));
  } catch {
    // Frozen, or no class at all: its requests have no routes.
    return undefined;
  }
}

function replaced(prototype: Prototype, method: string, note: LatePatch['note']): Patched | undefined {
  const original = prototype[method];
  if (typeof original !== 'function') return undefined;
  const patched: Patched = { original: original as Method, replacement, users: 0 };
  function replacement(this: object, ...args: unknown[]): unknown {
    if (patched.users > 0) {
      try {
        note(this, args);
      } catch {
        // What it reads is foreign: this request has no route.
      }
    }
    return patched.original.apply(this, args);
  }
  Object.defineProperty(prototype, PATCHED, { value: patched, configurable: true });
  prototype[method] = replacement;
  return patched;
}

function release(prototype: Prototype, method: string, patched: Patched): void {
  patched.users -= 1;
  if (patched.users > 0 || prototype[method] !== patched.replacement) return;
  prototype[method] = patched.original;
  delete prototype[PATCHED];
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
