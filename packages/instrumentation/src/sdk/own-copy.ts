import { ownLocation } from './own-location.ts';
import { requireFrom } from './sdk-loader.ts';

/** Where only what is imported was copied, the ES modules are there alone; `require` takes these too. */
const COPIES = ['cjs', 'esm'];

/**
 * A module of the CommonJS copy of this package, from either copy. It is loaded at once, so that set-up is done when the application
 * starts, and is the only copy that works in a process that `register` has set up.
 *
 * @param name from the root of the copy, without extension
 * @param _named imports the same module, and is never called: whoever copies only what is imported (Next.js' `standalone`, Vercel,
 *   Nitro) reads there that it is needed
 * @returns undefined where this file does not know where it is, or the module is not there, as in a bundle
 */
export function ownModule(name: string, _named: () => Promise<unknown>): unknown {
  const own = ownLocation();
  const near = own === undefined ? undefined : requireFrom(own);
  const file = COPIES.map((copy) => `../../${copy}/${name}.js`).find((each) => isThere(each, near));
  return file === undefined ? undefined : near?.(file);
}

function isThere(file: string, near: NodeJS.Require | undefined): boolean {
  try {
    return near?.resolve(file) !== undefined;
  } catch {
    return false;
  }
}
