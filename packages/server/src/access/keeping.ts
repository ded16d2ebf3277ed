import type { Log } from '../log.ts';
import { PrivateFile } from './private-file.ts';
import type { Shelf } from './shelf.ts';

/** Where records of one kind are kept, and who hears of it. */
export interface Keeping {
  /** Path of their file; undefined to keep nothing. */
  readonly path: string | undefined;
  /** In the place of a file. */
  readonly shelf?: Shelf | undefined;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Where they are kept; `undefined` for nowhere. */
export function shelfOf({ path, shelf }: Pick<Keeping, 'path' | 'shelf'>): Shelf | undefined {
  return shelf ?? (path === undefined ? undefined : new PrivateFile(path));
}
