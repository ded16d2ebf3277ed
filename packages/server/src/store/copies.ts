import { readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * A new folder beside a file, for a copy that is being made of it or for it: on the same disk, for the folder for temporary
 * files may be in memory, and readable for its owner only. Whoever makes it removes it; {@link removeCopies} does so for
 * those that were killed.
 */
export function copyFolder(path: string): Promise<string> {
  return mkdtemp(join(dirname(path), prefixOf(path)));
}

/** Removes the folders beside a file in which copies were being made by a process that has ended. */
export function removeCopies(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefixOf(path))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** With the file's name: others may keep theirs in the same folder, and be making copies. */
function prefixOf(path: string): string {
  return `.${basename(path)}.copy-`;
}
