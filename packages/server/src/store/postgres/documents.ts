import type pg from 'pg';

import type { DocumentChange, Documents, StoredDocument } from '../documents.ts';
import type { LastingConnection } from './engine/lasting-connection.ts';
import { asPublicError } from './engine/public-error.ts';
import { inTransaction } from './engine/transaction.ts';

const LIST = 'SELECT kind, id, version, content FROM documents WHERE kind = ANY ($1) ORDER BY added';
const ADD = `INSERT INTO documents (kind, id, version, content) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING`;
const REPLACE = `UPDATE documents SET content = $4, version = version + 1 WHERE kind = $1 AND id = $2 AND version = $3`;
const REMOVE = 'DELETE FROM documents WHERE kind = $1 AND id = $2 AND version = $3';

/** Ends a transaction of which a part cannot be done. */
class OtherVersion extends Error {
  override readonly name = 'OtherVersion';
}

/** Documents in a table. */
export class PostgresDocuments implements Documents {
  readonly #connection: LastingConnection;

  constructor(connection: LastingConnection) {
    this.#connection = connection;
  }

  list(kinds: readonly string[]): Promise<readonly StoredDocument[]> {
    return this.#use(
      async (client) => (await client.query<StoredDocument & pg.QueryResultRow>(LIST, [kinds])).rows,
    );
  }

  change(changes: readonly DocumentChange[]): Promise<boolean> {
    // What is there in one order, or two servers that change the same wait for each other; what is new in its own.
    const present = changes.filter((each) => !isNew(each));
    const ordered = [...present.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)), ...changes.filter(isNew)];
    return this.#use(async (client) => {
      try {
        await inTransaction(client, async () => {
          for (const each of ordered) if (!(await changed(client, each))) throw new OtherVersion();
        });
        return true;
      } catch (error) {
        if (error instanceof OtherVersion) return false;
        throw error;
      }
    });
  }

  /** @throws CerberusServerError (as a rejection) `STORE_UNAVAILABLE`: another attempt may not meet it */
  async #use<T>(task: (client: pg.Client) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.use(task);
    } catch (error) {
      throw asPublicError(error);
    }
  }
}

function isNew({ version }: DocumentChange): boolean {
  return version === 0;
}

function orderOf({ kind, id }: DocumentChange): string {
  return `${kind} ${id}`;
}

async function changed(client: pg.Client, { kind, id, version, content }: DocumentChange): Promise<boolean> {
  const { rowCount } = await (content === undefined
    ? client.query(REMOVE, [kind, id, version])
    : version === 0
      ? client.query(ADD, [kind, id, content])
      : client.query(REPLACE, [kind, id, version, content]));
  return rowCount === 1;
}
