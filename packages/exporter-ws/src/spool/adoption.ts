import { join } from 'node:path';
import { isGone, isLock, SILENCE_MILLIS, thisProcess } from './owner.ts';
import { isUnfinished, OwnedFolder } from './owned-folder.ts';

const { readdir, rename, rm, rmdir, stat, utimes } = process.getBuiltinModule('node:fs/promises');

/**
 * Makes this process the owner of every folder whose owner is gone. Of several processes that try, one gets it: the lock is
 * renamed, and has the name of its former owner only once.
 *
 * @param client the folder of the application
 * @param lock the name that locks get
 * @param isOurs folders to leave alone
 */
export async function adoptFolders(
  client: string,
  lock: string,
  isOurs: (folder: string) => boolean,
): Promise<OwnedFolder[]> {
  const names = await readdir(client).catch(() => []);
  const adopted: OwnedFolder[] = [];
  for (const name of names) {
    if (isOurs(name)) continue;
    const path = join(client, name);
    if (await adopt(path, lock).catch(() => false)) adopted.push(new OwnedFolder(path, lock, true));
    else if (isUnfinished(name)) await removeUnfinished(path);
  }
  return adopted;
}

async function adopt(path: string, lock: string): Promise<boolean> {
  const files = await readdir(path);
  const found = files.find(isLock);
  if (found === undefined) {
    // Its owner removed the lock and did not come to remove the folder. It fails when somebody has put a file there.
    if (files.length === 0 && !(await isYoung(path))) await rmdir(path);
    return false;
  }
  const held = join(path, found);
  const { mtimeMs } = await stat(held);
  if (!isGone(found, Date.now() - mtimeMs, thisProcess())) return false;
  // First, so that no other host takes the new owner for silent.
  const now = new Date();
  await utimes(held, now, now);
  await rename(held, join(path, lock));
  return true;
}

async function removeUnfinished(path: string): Promise<void> {
  if (await isYoung(path)) return;
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

async function isYoung(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs < SILENCE_MILLIS;
}
