import { createRequire } from 'node:module';
import { ownLocation } from './own-location.ts';

/** The files that `require` has loaded in this process, with `/` between folders. */
export function loadedFiles(): readonly string[] {
  const own = ownLocation();
  if (own === undefined) return [];
  return Object.keys(createRequire(own).cache).map((file) => file.replaceAll('\\', '/'));
}
