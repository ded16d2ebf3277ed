import { requireFrom, resolved } from '../sdk/sdk-loader.ts';

/** The file of a package, where one of several places has it. */
export type Find = (name: string) => string | undefined;

/** What a module exports: here, classes. */
export type Exports = Readonly<Record<string, new (...args: unknown[]) => unknown>>;

/** Looks a package up from each of the places in turn. */
export function finder(places: readonly string[]): Find {
  const near = places.flatMap((place) => requireFrom(place) ?? []);
  return (name) => {
    for (const from of near) {
      const file = resolved(from, name);
      if (file !== undefined) return file;
    }
    return undefined;
  };
}

/** What the module `name` exports, as a file at `from` gets it. */
export function load(from: string, name: string): Exports {
  const near = requireFrom(from);
  if (near === undefined) throw new TypeError('no place to load from');
  return near(name) as Exports;
}

export function make(from: Exports, className: string, ...args: unknown[]): unknown {
  const constructor = from[className];
  if (constructor === undefined) throw new TypeError(`no ${className}`);
  return new constructor(...args);
}
