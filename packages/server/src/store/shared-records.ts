import type { SharedGuesses } from './shared-guesses.ts';

/** A small record, such as a session. */
export interface SharedRecord {
  readonly kind: string;
  readonly id: string;
  /** JSON text. */
  readonly content: string;
}

/** What becomes of a record. One that another server has removed is not changed, and so not brought back. */
export type RecordChange =
  | ({ readonly change: 'add' | 'replace' } & SharedRecord)
  | ({ readonly change: 'remove' } & Pick<SharedRecord, 'kind' | 'id'>);

/** Records that all servers on a database share: who may read and send. */
export interface SharedRecords {
  readonly all: () => Promise<readonly SharedRecord[]>;
  /** All of them, or none; durable when it resolves. */
  readonly change: (changes: readonly RecordChange[]) => Promise<void>;
  /** Changes with each of them, whichever server makes it. */
  readonly mark: () => Promise<string>;
}

/** Who may read and send, and who tries to and may not. */
export interface SharedAccess extends SharedRecords {
  readonly guesses: SharedGuesses;
}
