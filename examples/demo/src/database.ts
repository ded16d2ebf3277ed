import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leftovers } from './leftovers.ts';

/** Where the events are stored, and how to get rid of it. */
export interface Database {
  readonly file: string;
  readonly temporary: boolean;
  /** Does nothing for a file that the user has named. Idempotent. */
  readonly remove: () => void;
}

/** The user's file, or a new one in a temporary folder. */
export function openDatabase(file: string | undefined, leftovers: Leftovers): Database {
  if (file !== undefined) return { file, temporary: false, remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-demo-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const forget = leftovers.add(removeFolder);
  return {
    file: join(folder, 'demo.duckdb'),
    temporary: true,
    remove: () => {
      removeFolder();
      forget();
    },
  };
}
