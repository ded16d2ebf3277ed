import { readdir, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemCodeOf } from '../../errors.ts';
import { copiedFile, copyFolder, removeCopy } from '../copies.ts';

/** Containers may share a folder for temporary files, and whose processes are at work is known of one's own only. */
const OF_MACHINE = `cerberus-${hostname().replaceAll(/[^\w-]/g, '_')}-`;

/** A new folder for an export, to be removed with it; for several servers may be on one machine, it has the name of its process. */
export function newExportFolder(): Promise<string> {
  return copyFolder(join(tmpdir(), `${OF_MACHINE}${process.pid}`));
}

/** Removes those of processes that have ended. Never rejects: what cannot be seen or removed is no reason not to start. */
export async function removeLeftExports(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    const pid = processOf(copiedFile(name) ?? '');
    const path = join(tmpdir(), name);
    if (pid !== undefined && (await isLeft(path, pid))) await removeCopy(path);
  }
}

function processOf(file: string): number | undefined {
  const digits = file.slice(OF_MACHINE.length);
  return file.startsWith(OF_MACHINE) && /^\d+$/.test(digits) ? Number(digits) : undefined;
}

async function isLeft(path: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isAtWork(pid);
  // In a container each process may have the number of the one before.
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < Date.now() - process.uptime() * 1000;
}

function isAtWork(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}
