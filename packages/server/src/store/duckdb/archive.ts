import type { Archive, ExportFormat, ExportQuery } from '../archive.ts';
import { copyFolder } from '../copies.ts';
import { isDiskFull, isInvalidated } from '../failure-reason.ts';
import { quoted } from '../sql-text.ts';
import { HARMLESS_TEXTS, PARQUET } from '../table-files.ts';
import { markSql } from './engine/backup-mark.ts';
import { Conditions } from './engine/conditions.ts';
import type { ReadConnection, ReadRows } from './engine/read-connection.ts';
import { filtered } from './questions/filter.ts';

/**
 * What a format makes of rows, and its options. Rows come in the order in which they were inserted, that of their ids: to sort them takes
 * memory, and disk, for all of them. Parquet's groups of rows are written side by side, and those that are ready too early take memory
 * as well: where rows are counted they come one after the other, and stay in their order.
 */
const FORMATS: Readonly<Record<ExportFormat, readonly [rowsOf: (rows: string) => string, options: string]>> =
  {
    parquet: [
      (rows) =>
        `SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER () AS place FROM (${rows})) WHERE place > 0`,
      `${PARQUET}, PRESERVE_ORDER false`,
    ],
    ndjson: [(rows) => rows, 'FORMAT json'],
    csv: [(rows) => `SELECT * REPLACE (${HARMLESS_TEXTS}) FROM (${rows})`, 'FORMAT csv, HEADER'],
  };

/** Times as the read API writes them; Parquet has a type for them. */
const RFC_3339 = `'%Y-%m-%dT%H:%M:%S.%gZ'`;

/** Makes copies of a DuckDB file. */
export class DuckDbArchive implements Archive {
  readonly #path: string;
  readonly #reads: ReadConnection;

  /**
   * @param reads - a connection of its own: a copy takes long, and reads would wait behind it
   * @param path - of the database, without links
   */
  constructor(reads: ReadConnection, path: string) {
    this.#reads = reads;
    this.#path = path;
  }

  async export({ format, ...filter }: ExportQuery, path: string): Promise<void> {
    const time = (column: string): string =>
      format === 'parquet'
        ? column // As microseconds: in nanoseconds, which DuckDB would take, time ends in 2262.
        : `strftime(${column}::TIMESTAMP, ${RFC_3339}) AS ${column}`;
    const conditions = filtered(filter);
    const [rowsOf, options] = FORMATS[format];
    const copy = conditions.query(`
        COPY (${rowsOf(`
          SELECT client_id, ${time('received_at')}, source_ip, endpoint, scheme, method, custom_data,
                 ${time('"timestamp"')}, status_code, latency_ms, route, outcome, user_id, user_agent, trace_id,
                 span_id, session_id, sample_rate, error_type, request_body_size, response_body_size,
                 network_protocol_version, user_agent_synthetic_type, service_version, deployment_environment, consumer,
                 consumer_group, consumer_label, path_group
          FROM events ${conditions.where}`)}) TO ${quoted(path)} (${options})`);
    await this.#reads.inSequence((rows) => rows(copy));
  }

  backup(path: string): Promise<void> {
    return this.#reads.inSequence(async (rows) => {
      const run = (sql: string): ReturnType<ReadRows> => rows(new Conditions().query(sql));
      try {
        await copyInto(path, run);
      } catch (error) {
        if (!isInvalidated(error)) throw error;
        // Of a copy that takes nothing any more DuckDB says the same as of the database itself, which is not to be opened anew for that.
        await run('SELECT schema_version FROM meta');
        throw copyFailure(error);
      }
    });
  }

  newFolder(): Promise<string> {
    return copyFolder(this.#path);
  }

  close(): Promise<void> {
    return this.#reads.close();
  }
}

async function copyInto(path: string, run: (sql: string) => ReturnType<ReadRows>): Promise<void> {
  const [row] = await run('SELECT current_database() AS name');
  await run(`ATTACH ${quoted(path)} AS backup`);
  try {
    await run(`COPY FROM DATABASE "${String(row?.['name']).replaceAll('"', '""')}" TO backup`);
    await run(markSql('backup'));
  } finally {
    // Writes what is in the log of the copy into its file.
    await run('DETACH backup');
  }
}

function copyFailure(cause: unknown): Error {
  const reason = isDiskFull(cause) ? ': No space left on device' : '';
  return new Error(`the copy cannot be written${reason}`, { cause });
}
