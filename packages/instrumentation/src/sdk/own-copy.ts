import { ownLocation } from './own-location.ts';
import { requireFrom } from './sdk-loader.ts';

/**
 * A module of the CommonJS copy of this package, from either copy. It is loaded at once, so that set-up is done when the application
 * starts, and is the only copy that works in a process that `register` has set up.
 *
 * @param name from the root of the copy, without extension
 * @returns undefined where this file does not know where it is
 */
export function ownModule(name: string): unknown {
  const own = ownLocation();
  const near = own === undefined ? undefined : requireFrom(own);
  return near?.(`../../cjs/${name}.js`);
}
