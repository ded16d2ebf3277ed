import { requireFrom } from '../sdk/sdk-loader.ts';

/** What a module exports: here, classes. */
export type Exports = Readonly<Record<string, new (...args: unknown[]) => unknown>>;

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
