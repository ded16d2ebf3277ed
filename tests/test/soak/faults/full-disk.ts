import { execFile } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { SmallDisk } from '../../../../packages/server/test-dist/support/databases/small-disk.js';
import { between, type Fault, type Scene } from './fault.js';

const run = promisify(execFile);
/** What is left free, KiB; the first time nothing. */
const ROOMS = [0, 256, 1024, 2048, 4096] as const;
const CHUNK = Buffer.alloc(2 ** 18);
/** More than the server stores while the rest is filled. */
const LAST_BYTES = 8 * 2 ** 20;
/** In which the server notices. It stores hundreds of KiB a second. */
const FULL_MILLIS = 60_000;

/** Another file fills the disk of the database, and is removed some seconds after the server has noticed. */
export class FullDisk implements Fault {
  readonly kind = 'full disk';
  readonly share = 1;
  readonly #disk: SmallDisk;
  readonly #rooms: number[] = [];

  constructor(disk: SmallDisk) {
    this.#disk = disk;
  }

  async strike(scene: Scene): Promise<void> {
    const room = this.#rooms.length === 0 ? 0 : (ROOMS[between(scene, 0, ROOMS.length - 1)] ?? 0);
    this.#rooms.push(room);
    const other = join(this.#disk.folder, 'other');
    try {
      await this.#fill(other, room * 1024);
      if (!(await isNoticed(scene))) scene.broken('the server went on with a disk that is full');
      await scene.hold(between(scene, 500, 6_000));
    } finally {
      rmSync(other, { force: true });
    }
  }

  findings(): readonly [string, string][] {
    const { blocks, bsize } = statfsSync(this.#disk.folder);
    const usedMiB = Math.round((blocks * bsize - this.#freeBytes()) / 2 ** 20);
    const database = `beside a database of ${usedMiB} MiB at last`;
    return [['full disk', `another file left ${this.#rooms.join(', ')} KiB, ${database}`]];
  }

  end(): void {
    this.#disk.remove();
  }

  async #fill(path: string, roomBytes: number): Promise<void> {
    // In a process of its own, for it takes a while, in which the producers are to go on. Part of util-linux, as `mount` is.
    const most = String(Math.max(1, this.#freeBytes() - LAST_BYTES));
    await run('fallocate', ['--length', most, path]);
    const file = openSync(path, 'a');
    try {
      for (let bytes = this.#freeBytes() - roomBytes; bytes > 0; bytes = this.#freeBytes() - roomBytes)
        writeSync(file, CHUNK, 0, Math.min(CHUNK.length, bytes));
    } catch (error) {
      // The server took what seemed to be free.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  #freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.#disk.folder);
    return bavail * bsize;
  }
}

async function isNoticed({ server }: Scene): Promise<boolean> {
  const deadline = performance.now() + FULL_MILLIS;
  while (performance.now() < deadline) {
    const answer = await fetch(`${server.url}/readyz`).catch(() => undefined);
    if (answer?.status === 503) return true;
    await sleep(50);
  }
  return false;
}
