import { basename, dirname, join } from 'node:path';
import { codeOf, FILE_MODE, FOLDER_MODE, makeClientFolder, makeClientFolderSync } from './folders.ts';
import { RELEASED_LOCK } from './owner.ts';

const { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');
const { chmod, mkdir, readdir, rename, rmdir, unlink, utimes, writeFile } =
  process.getBuiltinModule('node:fs/promises');

const UNFINISHED = '.new-';

/** Whether a folder is one that was not finished, or not removed to the end. */
export function isUnfinished(name: string): boolean {
  return name.startsWith(UNFINISHED);
}

/** A folder that this process owns, by the lock in it. */
export class OwnedFolder {
  readonly path: string;
  readonly #lock: string;
  #exists: boolean;
  #latest: Promise<void> = Promise.resolve();

  /** @param exists false for one that `create` will make */
  constructor(path: string, lock: string, exists: boolean) {
    this.path = path;
    this.#lock = lock;
    this.#exists = exists;
  }

  get exists(): boolean {
    return this.#exists;
  }

  /** The name of the folder. */
  get name(): string {
    return basename(this.path);
  }

  /** Makes the folder, if it is not there: with its lock from its first moment on. */
  create(): Promise<void> {
    return this.#inTurn(() => this.#create());
  }

  async #create(): Promise<void> {
    if (this.#exists) return;
    await makeClientFolder(dirname(this.path));
    const unfinished = this.#unfinished();
    await mkdir(unfinished, { recursive: true, mode: FOLDER_MODE });
    await chmod(unfinished, FOLDER_MODE);
    await writeFile(join(unfinished, this.#lock), '', { mode: FILE_MODE });
    await chmod(join(unfinished, this.#lock), FILE_MODE);
    try {
      await rename(unfinished, this.path);
    } catch (error) {
      this.#accept(error);
    }
    this.#exists = true;
  }

  /** As `create`, at once. */
  createSync(): void {
    if (this.#exists) return;
    makeClientFolderSync(dirname(this.path));
    const unfinished = this.#unfinished();
    mkdirSync(unfinished, { recursive: true, mode: FOLDER_MODE });
    chmodSync(unfinished, FOLDER_MODE);
    writeFileSync(join(unfinished, this.#lock), '', { mode: FILE_MODE });
    chmodSync(join(unfinished, this.#lock), FILE_MODE);
    try {
      renameSync(unfinished, this.path);
    } catch (error) {
      this.#accept(error);
    }
    this.#exists = true;
  }

  /** Somebody may have deleted it: look again before the next write. */
  doubt(): void {
    this.#exists = false;
  }

  /** Says to other hosts that the owner is there. */
  async touch(): Promise<void> {
    if (!this.#exists) return;
    const now = new Date();
    await utimes(join(this.path, this.#lock), now, now).catch(() => undefined);
  }

  /** Removes the folder if only the lock is in it; otherwise leaves it for others. */
  leave(): Promise<void> {
    return this.#inTurn(() => this.#leave());
  }

  /** One after the other: what is made is not removed at the same time. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.#latest.then(step);
    this.#latest = done.catch(() => undefined);
    return done;
  }

  async #leave(): Promise<void> {
    if (!this.#exists) return;
    this.#exists = false;
    try {
      // With too many files open it cannot be told; a rename takes none.
      const files = await readdir(this.path).catch(() => undefined);
      if (files?.length !== 1)
        return await rename(join(this.path, this.#lock), join(this.path, RELEASED_LOCK));
      await unlink(join(this.path, this.#lock));
      await rmdir(this.path);
    } catch {
      // Then it is found to be left when this process is gone.
    }
  }

  /** Leaves it for others, at once. */
  releaseSync(): void {
    try {
      if (this.#exists) renameSync(join(this.path, this.#lock), join(this.path, RELEASED_LOCK));
    } catch {
      // As above.
    }
  }

  /** Under another name until the lock is in it: a folder without one belongs to nobody. */
  #unfinished(): string {
    return join(dirname(this.path), `${UNFINISHED}${this.name}`);
  }

  #accept(error: unknown): void {
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) throw error;
    // It is there, with the lock that was put into it.
    rmSync(this.#unfinished(), { recursive: true, force: true });
  }
}
