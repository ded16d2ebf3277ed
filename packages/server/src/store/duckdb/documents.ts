import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

import type { DocumentChange, Documents, StoredDocument } from '../documents.ts';
import { inTransaction } from './engine/transaction.ts';

const LIST = 'SELECT kind, id, version, content, added FROM documents';
const VERSION = 'SELECT version FROM documents WHERE kind = $1 AND id = $2';
const ADD = `INSERT INTO documents SELECT $1, $2, 1, $3, 1 + coalesce(max(added), 0) FROM documents`;
const REPLACE = 'UPDATE documents SET content = $3, version = version + 1 WHERE kind = $1 AND id = $2';
const REMOVE = 'DELETE FROM documents WHERE kind = $1 AND id = $2';

/** Runs a task between two commits, when no other one does and nothing is merged into the file. */
type Turn = <T>(task: () => Promise<T>) => Promise<T>;

/** Documents in a table of the file, on a connection of their own. */
export class DuckDbDocuments implements Documents {
  readonly #connection: DuckDBConnection;
  readonly #turn: Turn;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection, turn: Turn) {
    this.#connection = connection;
    this.#turn = turn;
  }

  list(kinds: readonly string[]): Promise<readonly StoredDocument[]> {
    if (kinds.length === 0) return Promise.resolve([]);
    const places = kinds.map((_, index) => `$${index + 1}`).join(', ');
    return this.#list(`WHERE kind IN (${places})`, kinds);
  }

  /** Those of all kinds, in the order in which they were made: for whoever moves them. */
  all(): Promise<readonly StoredDocument[]> {
    return this.#list('', []);
  }

  change(changes: readonly DocumentChange[]): Promise<boolean> {
    return this.#next(() => this.#turn(() => this.#change(changes)));
  }

  async close(): Promise<void> {
    await this.#tail;
    this.#connection.closeSync();
  }

  #list(condition: string, values: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.#next(async () => {
      const result = await this.#connection.runAndReadAll(`${LIST} ${condition} ORDER BY added`, [...values]);
      return result.getRows().map(toDocument);
    });
  }

  /** One task after the other. */
  #next<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** What is read before is what is changed: nobody else changes the table. */
  async #change(changes: readonly DocumentChange[]): Promise<boolean> {
    for (const { kind, id, version } of changes) {
      const rows = (await this.#connection.runAndReadAll(VERSION, [kind, id])).getRows();
      if (Number(rows[0]?.[0] ?? 0) !== version) return false;
    }
    await inTransaction(this.#connection, async () => {
      for (const { kind, id, version, content } of changes) {
        if (content === undefined) await this.#connection.run(REMOVE, [kind, id]);
        else await this.#connection.run(version === 0 ? ADD : REPLACE, [kind, id, content]);
      }
    });
    return true;
  }
}

function toDocument([kind, id, version, content]: readonly DuckDBValue[]): StoredDocument {
  return { kind: String(kind), id: String(id), version: Number(version), content: String(content) };
}
