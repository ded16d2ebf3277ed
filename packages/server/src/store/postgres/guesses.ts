import type { GuessTotals, SharedGuesses } from '../shared-guesses.ts';
import type { LastingConnection } from './engine/lasting-connection.ts';

const MINUTE = `date_trunc('minute', clock_timestamp())`;

/** A sender may guess anew in the next minute: a count is worth no wait for the standby, and soon worth nothing. */
const ALONE = 'SET synchronous_commit = off';
const FORGET = `DELETE FROM guesses WHERE minute < ${MINUTE}`;
const ADD = `
  INSERT INTO guesses AS known (minute, sender, wrong)
  SELECT ${MINUTE}, sender, wrong FROM unnest($1::text[], $2::int[]) AS given (sender, wrong)
  ON CONFLICT (minute, sender) DO UPDATE SET wrong = known.wrong + excluded.wrong`;
const TOTALS = `
  SELECT sender, wrong, (sum(wrong) OVER ())::float8 AS total,
         ceil(extract(epoch FROM ${MINUTE} + interval '1 minute' - clock_timestamp()) * 1000)::float8 AS left
  FROM guesses WHERE minute = ${MINUTE} ORDER BY wrong DESC LIMIT 1000`;

interface TotalsRow {
  readonly sender: string;
  readonly wrong: number;
  readonly total: number;
  readonly left: number;
}

/** Wrong tokens in a table; minutes are those of the database's clock. */
export class PostgresGuesses implements SharedGuesses {
  readonly #connection: LastingConnection;

  constructor(connection: LastingConnection) {
    this.#connection = connection;
  }

  add(bySender: ReadonlyMap<string, number>): Promise<GuessTotals> {
    // In one order at all servers, or two of them could wait for each other.
    const senders = [...bySender.keys()].toSorted();
    return this.#connection.use(async (client) => {
      await client.query(ALONE);
      await client.query(FORGET);
      await client.query(ADD, [senders, senders.map((sender) => bySender.get(sender))]);
      const { rows } = await client.query<TotalsRow>(TOTALS);
      return {
        millisLeft: rows[0]?.left ?? 0,
        total: rows[0]?.total ?? 0,
        bySender: new Map(rows.map(({ sender, wrong }) => [sender, wrong])),
      };
    });
  }
}
