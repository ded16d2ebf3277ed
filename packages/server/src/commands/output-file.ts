import { existsSync } from 'node:fs';
import { chmod, realpath, rename, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { systemCodeOf } from '../errors.ts';
import { copyFolder, removeCopies, removeCopy } from '../store/copies.ts';
import { CommandError } from './running-server.ts';

/** What lies beside a database that a server was started with, and not beside a copy that was only made. */
const OF_A_SERVER = ['.acknowledged', '.wal'];

/**
 * Where a file is to be put, behind all links: what has the name already may be replaced if it is a file, but not if it is a database.
 *
 * @param db - the database that the command is about
 * @throws CommandError (as a rejection) which names the option and the rule
 */
export async function outputPath(output: string, db: string): Promise<string> {
  const path = await realpath(output).catch(() => resolve(output));
  const known = await stat(path).catch(() => undefined);
  if (output === '' || (known !== undefined && !known.isFile()))
    throw new CommandError('--output must be a file, or - for the standard output');
  if (!existsSync(dirname(path))) throw new CommandError('--output must be a file in a folder that exists');
  const isOwn = path === (await realpath(db).catch(() => resolve(db)));
  if (isOwn || OF_A_SERVER.some((ending) => existsSync(`${path}${ending}`)))
    throw new CommandError('--output must not be the database of a server: it would be replaced');
  return path;
}

/** Writes beside the target and renames, so that what has the name is whole. @param write - is given another path */
export async function writeWhole(target: string, write: (path: string) => Promise<void>): Promise<void> {
  try {
    await removeCopies(target);
    const folder = await copyFolder(target);
    try {
      const path = join(folder, 'part');
      await write(path);
      await chmod(path, 0o600);
      await rename(path, target);
    } finally {
      await removeCopy(folder);
    }
  } catch (error) {
    const code = systemCodeOf(error);
    throw code === undefined ? error : new CommandError(`--output cannot be written: ${code}`);
  }
}
