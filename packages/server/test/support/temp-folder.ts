import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const folders: string[] = [];

/** A new folder; removed after the test, behind what was opened in it, or by {@link removeTempFolders}. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-server-'));
  folders.push(folder);
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function removeTempFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
