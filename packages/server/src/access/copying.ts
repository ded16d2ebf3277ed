import type { SharedRecord, SharedRecords } from '../store/shared-records.ts';
import { PrivateFile } from './private-file.ts';
import { SHELVES, type ShelfKind } from './shared-shelves.ts';

/** What is copied: who has a session signs in again. */
const COPIED: readonly ShelfKind[] = ['tokens', 'shares'];

/**
 * Copies the tokens and links of a server with a database of its own to those of several servers, but for what these have already.
 *
 * @param db - path of the database beside which they lie
 * @returns how many there were to copy
 * @throws CerberusServerError (as a rejection) `CREDENTIALS_FILE` where a file cannot be read
 */
export async function copyAccess(db: string, target: SharedRecords): Promise<number> {
  const known = new Set((await target.all()).map(nameOf));
  const found = COPIED.flatMap((kind) => recordsOf(db, kind));
  const missing = found.filter((record) => !known.has(nameOf(record)));
  if (missing.length > 0) await target.change(missing.map((record) => ({ change: 'add', ...record })));
  return found.length;
}

function recordsOf(db: string, kind: ShelfKind): readonly SharedRecord[] {
  const { list, id } = SHELVES[kind];
  const parse = (value: unknown): readonly SharedRecord[] =>
    (value as Readonly<Record<typeof list, readonly Readonly<Record<string, unknown>>[]>>)[list].map(
      (record) => ({
        kind,
        id: String(record[id]),
        content: JSON.stringify(record),
      }),
    );
  return new PrivateFile(`${db}.${kind}`).read(parse) ?? [];
}

function nameOf({ kind, id }: Pick<SharedRecord, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
