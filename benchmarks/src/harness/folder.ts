import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this process. */
export interface Folder {
  readonly path: string;
  /** For a process that is killed in the end, which runs nothing more. Idempotent. */
  remove(): void;
}

/** A new folder; it goes with this process, unless that is killed. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'cerberus-benchmark-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  return { path, remove };
}
