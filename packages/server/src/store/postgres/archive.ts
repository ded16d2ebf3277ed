import { open, rm, type FileHandle } from 'node:fs/promises';

import type { Archive, ExportQuery } from '../archive.ts';
import { askerOf } from '../asker.ts';
import { isDiskFull } from '../failure-reason.ts';
import { nobodyWaits } from '../question-limits.ts';
import { csvOf, parquetOf } from '../table-files.ts';
import { newExportFolder } from './export-folders.ts';
import type { LastingConnection } from './engine/lasting-connection.ts';
import { asPublicError } from './engine/public-error.ts';
import { text, type Row } from '../rows/values.ts';
import { exportQuery } from './questions/events/queries.ts';

const ROWS_AT_ONCE = 5000;

/** Exports what a PostgreSQL database holds. Backups are the database's own matter. */
export class PostgresArchive implements Archive {
  readonly backup = undefined;
  readonly #connection: LastingConnection;

  constructor(connection: LastingConnection) {
    this.#connection = connection;
  }

  async export({ format, ...filter }: ExportQuery, path: string): Promise<void> {
    if (format === 'ndjson') {
      await this.#writeLines(filter, path, text);
      return;
    }
    const lines = `${path}.ndjson`;
    try {
      await this.#writeLines(filter, lines, JSON.stringify);
      await (format === 'csv' ? csvOf(lines, path) : parquetOf(lines, path));
    } finally {
      await rm(lines, { force: true });
    }
  }

  newFolder(): Promise<string> {
    return newExportFolder();
  }

  async #writeLines(
    filter: Omit<ExportQuery, 'format'>,
    path: string,
    metricsOf: MetricsWriter,
  ): Promise<void> {
    const gone = askerOf();
    const file = await open(path, 'wx', 0o600);
    try {
      await this.#connection.use(async (client) => {
        const { sql, values } = exportQuery(filter);
        await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        // Between two parts the disk is waited for, which may take longer than others let a transaction idle.
        await client.query(`SET LOCAL idle_in_transaction_session_timeout = '5min'`);
        await client.query(`DECLARE exported NO SCROLL CURSOR FOR ${sql}`, [...values]);
        let rows: readonly Row[];
        do {
          if (gone?.aborted === true) throw nobodyWaits();
          ({ rows } = await client.query<Row>(`FETCH ${ROWS_AT_ONCE} FROM exported`));
          await writeRows(file, rows, metricsOf);
        } while (rows.length === ROWS_AT_ONCE);
        await client.query('COMMIT');
      });
    } catch (error) {
      throw isDiskFull(error) ? error : asPublicError(error);
    } finally {
      await file.close();
    }
  }
}

/** What the application sent is JSON already. */
type MetricsWriter = (json: unknown) => string;

async function writeRows(file: FileHandle, rows: readonly Row[], metricsOf: MetricsWriter): Promise<void> {
  const lines = rows.map((row) => `${lineOf(row, metricsOf)}\n`);
  // Behind what was written before, and all of it: a single write stops where a disk is full.
  if (lines.length > 0) await file.appendFile(lines.join(''));
}

/** An event as DuckDB writes it. */
function lineOf({ custom_data: metrics, ...row }: Row, metricsOf: MetricsWriter): string {
  const members = Object.entries(row).map(([name, value]) => {
    const json = name === 'received_at' || name === 'timestamp' ? timeOf(value) : value;
    return `${JSON.stringify(name)}:${JSON.stringify(json)}`;
  });
  members.splice(PLACE_OF_METRICS, 0, `"custom_data":${metricsOf(metrics)}`);
  return `{${members.join(',')}}`;
}

/** Columns before `custom_data`. */
const PLACE_OF_METRICS = 6;

function timeOf(millis: unknown): string | null {
  return typeof millis === 'number' ? new Date(millis).toISOString() : null;
}
