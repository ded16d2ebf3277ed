import type { RecordChange, SharedAccess, SharedRecord } from '../shared-records.ts';
import type { LastingConnection } from './engine/lasting-connection.ts';
import type { PostgresGuesses } from './guesses.ts';
import { inTransaction } from './engine/transaction.ts';

const ADD = `
  INSERT INTO records (kind, id, content) VALUES ($1, $2, $3)
  ON CONFLICT (kind, id) DO UPDATE SET content = excluded.content, changed = nextval('record_changes')`;
const REPLACE = `UPDATE records SET content = $3, changed = nextval('record_changes') WHERE kind = $1 AND id = $2`;
const REMOVE = 'DELETE FROM records WHERE kind = $1 AND id = $2';

/** Records in a table. */
export class PostgresRecords implements SharedAccess {
  readonly guesses: PostgresGuesses;
  readonly #connection: LastingConnection;

  constructor(connection: LastingConnection, guesses: PostgresGuesses) {
    this.#connection = connection;
    this.guesses = guesses;
  }

  all(): Promise<readonly SharedRecord[]> {
    return this.#connection.use(async (client) => {
      const { rows } = await client.query<SharedRecord & { readonly changed: number }>(
        'SELECT kind, id, content FROM records ORDER BY added',
      );
      return rows;
    });
  }

  change(changes: readonly RecordChange[]): Promise<void> {
    return this.#connection.use((client) =>
      inTransaction(client, async () => {
        for (const each of inOrder(changes)) {
          if (each.change === 'remove') await client.query(REMOVE, [each.kind, each.id]);
          else await client.query(each.change === 'add' ? ADD : REPLACE, [each.kind, each.id, each.content]);
        }
      }),
    );
  }

  /** A removal shows in the number, any other change in the highest. */
  mark(): Promise<string> {
    return this.#connection.use(async (client) => {
      const { rows } = await client.query<{ readonly mark: string }>(
        `SELECT count(*) || ':' || coalesce(max(changed), 0) AS mark FROM records`,
      );
      return rows[0]?.mark ?? '';
    });
  }
}

/** What is there is changed in one order by all servers: none waits for another in a circle. What is new is listed as it came. */
function inOrder(changes: readonly RecordChange[]): readonly RecordChange[] {
  const known = changes.filter(({ change }) => change !== 'add');
  return [
    ...changes.filter(({ change }) => change === 'add'),
    ...known.toSorted((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1)),
  ];
}
