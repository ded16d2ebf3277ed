import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * A new folder beside a file, for a copy that is being made of it or for it: on the same disk, for the folder for temporary
 * files may be in memory, and readable for its owner only. Whoever makes it calls {@link removeCopy}; {@link removeCopies} does
 * so for those that were killed.
 */
export function copyFolder(path: string): Promise<string> {
  return mkdtemp(join(dirname(path), prefixOf(path)));
}

/**
 * Removes such a folder. What cannot be removed stays for the next {@link removeCopies}, and is no reason for anything else to fail: on
 * Windows and on NFS a file that was only just closed may still be in the way.
 */
export async function removeCopy(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
}

/** Removes the folders beside a file in which copies were being made by a process that has ended. */
export async function removeCopies(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder))
    if (name.startsWith(prefixOf(path))) await removeCopy(join(folder, name));
}

/** The name of the file that such a folder is for; undefined where the name is that of no such folder. */
export function copiedFile(folderName: string): string | undefined {
  return /^\.(.+)\.copy-\w+$/.exec(folderName)?.[1];
}

/** With the file's name: others may keep theirs in the same folder, and be making copies. */
function prefixOf(path: string): string {
  return `.${basename(path)}.copy-`;
}
