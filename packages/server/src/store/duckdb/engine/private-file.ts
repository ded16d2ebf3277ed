import { chmodSync, mkdirSync, type Stats } from 'node:fs';

import { systemCodeOf } from '../../../errors.ts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

/** Whether only its owner may read or write a file; true where files have no such modes. */
export function isPrivate({ mode }: Pick<Stats, 'mode'>): boolean {
  return process.platform === 'win32' || (mode & OTHERS) === 0;
}

/** Lets only its owner read and write a file. Where it is somebody else's, or gone again, it stays as it is. */
export function keepPrivate(path: string): void {
  try {
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    if (!['EPERM', 'ENOENT', 'EROFS'].includes(systemCodeOf(error) ?? '')) throw error;
  }
}

/** Makes a folder, or makes one that is there, readable for its owner only. Where it cannot, it stays as it is. */
export function privateFolder(path: string): void {
  try {
    if (mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER }) === undefined)
      chmodSync(path, OWNER_ONLY_FOLDER);
  } catch {
    // Nothing depends on it: it is made again by whoever needs it.
  }
}
