/** Where spools lie: `<spoolDir>/<client>/<spool>/00000001.seg`. Folders 0700, files 0600. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';

const { chmodSync, lstatSync, mkdirSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');
const { chmod, mkdir, readdir, rename, rm, stat } = process.getBuiltinModule('node:fs/promises');

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
const CORRUPT = 'corrupt';
const SEGMENT = /^\d{8}\.seg$/;

/** SHA-256 of a client id. */
export function clientHash(clientId: string): string {
  return createHash('sha256').update(clientId).digest('hex');
}

/** The folder of an application within `spoolDir`: its client id as far as it is a name of a file, and its hash. */
export function clientFolder(spoolDir: string, clientId: string): string {
  const name = clientId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 40);
  return join(spoolDir, `${name}-${clientHash(clientId).slice(0, 16)}`);
}

/** The name of a spool's segment. */
export function segmentName(number: number): string {
  return `${String(number).padStart(8, '0')}.seg`;
}

/** Whether a file is a segment. */
export function isSegment(name: string): boolean {
  return SEGMENT.test(name);
}

/** What passes without a change of the configuration. */
const PASSING = new Set([
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EIO',
  'EAGAIN',
  'EBUSY',
  'ESTALE',
]);

/**
 * Makes sure that `dir` is there and can be written to.
 *
 * @returns the system's code of what keeps it from being written to just now, such as `ENOSPC`, if anything does
 * @throws Error without the name of the folder, with the `code` of the system (such as `EACCES`, `EROFS`)
 */
export function checkSpoolDir(dir: string): string | undefined {
  const probe = join(dir, `.check-${randomUUID()}`);
  try {
    mkdirSync(dir, { recursive: true, mode: FOLDER_MODE });
    try {
      writeFileSync(probe, 'x', { mode: FILE_MODE, flag: 'wx' });
    } finally {
      // A full disk has room for its name.
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (PASSING.has(code)) return code;
    throw Object.assign(new Error(`the folder cannot be created or written to (${code})`), { code });
  }
}

/** What a process or its machine is short of for a while; it says nothing of a file. */
const SCARCE = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY']);

/** Whether a file could not be looked at just now, though nothing is wrong with it. */
export function isScarcity(error: unknown): boolean {
  return SCARCE.has(codeOf(error));
}

/** The system's code of a failure. */
export function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

/**
 * Makes the folder of an application, of this user alone.
 *
 * @throws Error with `code` `EPERM` when it is somebody else's
 */
export async function makeClientFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  checkOwner(folder);
  await chmod(folder, FOLDER_MODE);
}

/** As `makeClientFolder`, at once. */
export function makeClientFolderSync(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  checkOwner(folder);
  chmodSync(folder, FOLDER_MODE);
}

function checkOwner(folder: string): void {
  const found = lstatSync(folder);
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (!found.isDirectory() || !isOurs) {
    throw Object.assign(new Error("somebody else's folder"), { code: 'EPERM' });
  }
}

/**
 * Takes a damaged file out of the way, for somebody to look at, as long as all such files have no more than `maxBytes`; otherwise
 * deletes it.
 *
 * @returns whether it was kept
 */
export async function setAside(
  client: string,
  file: string,
  name: string,
  maxBytes: number,
): Promise<boolean> {
  const folder = join(client, CORRUPT);
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const kept = await Promise.all((await readdir(folder)).map((other) => stat(join(folder, other))));
    const bytes = kept.reduce((sum, { size }) => sum + size, (await stat(file)).size);
    if (bytes <= maxBytes) {
      await rename(file, join(folder, `${name}.corrupt`));
      return true;
    }
  } catch {
    // As if there were no room.
  }
  await rm(file, { force: true });
  return false;
}
