// Holds answers against what they should be.

/** What adding up in another order does to the last digits. */
const ARITHMETIC = 1e-9;

/** Between which two numbers a number of an answer has to lie, both included. */
export class Span {
  readonly least: number;
  readonly most: number;

  constructor(least: number, most: number) {
    this.least = least;
    this.most = most;
  }

  /** No further from a value than so much. */
  static around(value: number, off = 0): Span {
    const room = off + ARITHMETIC * Math.max(1, Math.abs(value));
    return new Span(value - room, value + room);
  }

  /** A value that the answer has rounded to so many digits behind the point. */
  static rounded(value: number, digits: number): Span {
    return Span.around(value, 0.5 * 10 ** -digits);
  }
}

/** An answer, or a part of one. Members that are not named may be anything: answers may get more of them. */
export type Expected =
  | Span
  | string
  | number
  | boolean
  | null
  | readonly Expected[]
  | { readonly [member: string]: Expected };

/** Where an answer is not what it should be: the path, what is there, and what should be. */
export function differences(is: unknown, should: Expected, path = ''): readonly string[] {
  if (should instanceof Span) {
    const isWithin = typeof is === 'number' && is >= should.least && is <= should.most;
    return isWithin ? [] : [`${path} is ${text(is)}, not from ${should.least} to ${should.most}`];
  }
  if (Array.isArray(should)) return listDifferences(is, should as readonly Expected[], path);
  if (typeof should === 'object' && should !== null) {
    if (typeof is !== 'object' || is === null) return [`${path} is ${text(is)}, and no object`];
    const members = new Map<string, unknown>(Object.entries(is));
    return Object.entries(should).flatMap(([name, member]) =>
      differences(members.get(name), member, `${path}.${name}`),
    );
  }
  return is === should ? [] : [`${path} is ${text(is)}, not ${text(should)}`];
}

function listDifferences(is: unknown, should: readonly Expected[], path: string): readonly string[] {
  if (!Array.isArray(is)) return [`${path} is ${text(is)}, and no list`];
  const list: readonly unknown[] = is;
  if (list.length !== should.length) return [`${path} has ${list.length} items, not ${should.length}`];
  return should.flatMap((item, index) => differences(list[index], item, `${path}[${index}]`));
}

function text(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 200);
}

/** A list in the order of a name of its items, for lists whose own order leaves ties open. */
export function inOrderOf<T>(list: readonly T[], nameOf: (item: T) => string): readonly T[] {
  return list.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** What is wrong with the order of a list, the highest first; `null` comes last. */
export function orderDifferences<T>(
  list: readonly T[],
  valueOf: (item: T) => number | null,
  what: string,
): readonly string[] {
  const values = list.map((item) => valueOf(item) ?? -Infinity);
  return values.flatMap((value, index) =>
    value > (values[index - 1] ?? Infinity) ? [`${what}[${index}] comes too late`] : [],
  );
}
