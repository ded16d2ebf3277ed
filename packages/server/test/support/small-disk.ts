import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterTest } from './disposal.js';

/** A disk of its own, for one test. */
export interface SmallDisk {
  readonly folder: string;
  readonly resize: (mebibytes: number) => void;
}

/**
 * Mounts a disk of this size, which takes a right that not every process has.
 *
 * @returns `undefined` where it has not
 */
export function smallDisk(mebibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-disk-'));
  const mount = (...options: string[]): void =>
    void execFileSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder], {
      stdio: 'ignore',
    });
  try {
    mount(`size=${mebibytes}m`);
  } catch (error) {
    rmSync(folder, { recursive: true });
    if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw error;
    return undefined;
  }
  afterTest(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  return { folder, resize: (size) => mount('remount', `size=${size}m`) };
}
