import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterTest } from '@cerberus-otel/test-support/disposal';
import { lastWill } from '../processes/last-will.js';

/** A disk of its own. */
export interface SmallDisk {
  readonly folder: string;
  readonly resize: (mebibytes: number) => void;
  /** Takes it away, with what is on it; from processes that still use it when they have ended. Once is enough. */
  readonly remove: () => void;
}

/**
 * Mounts a disk of this size, which takes a right that not every process has. Removed after the test; outside of tests by its `remove`.
 *
 * @param folder - where; removed with it
 * @returns `undefined` where it has not
 */
export function smallDisk(
  mebibytes: number,
  folder: string = mkdtempSync(join(tmpdir(), 'cerberus-disk-')),
): SmallDisk | undefined {
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
  // Who uses it may take a while to end: lazily it goes from the tree at once.
  const revoke = lastWill(`umount -l '${folder}'; rm -rf '${folder}'`);
  let isThere = true;
  const remove = (): void => {
    if (!isThere) return;
    isThere = false;
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
    revoke();
  };
  afterTest(remove);
  return { folder, resize: (size) => mount('remount', `size=${size}m`), remove };
}
