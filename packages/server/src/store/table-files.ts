import { quoted } from './sql-text.ts';

/** Columns of an export in their order, with DuckDB's types. */
const COLUMNS = {
  client_id: 'VARCHAR',
  received_at: 'TIMESTAMP_MS',
  source_ip: 'VARCHAR',
  endpoint: 'VARCHAR',
  scheme: 'BOOLEAN',
  method: 'VARCHAR',
  custom_data: 'VARCHAR',
  timestamp: 'TIMESTAMP_MS',
  status_code: 'SMALLINT',
  latency_ms: 'DOUBLE',
  route: 'VARCHAR',
  outcome: 'VARCHAR',
  user_id: 'VARCHAR',
  user_agent: 'VARCHAR',
  trace_id: 'VARCHAR',
  span_id: 'VARCHAR',
  session_id: 'VARCHAR',
  sample_rate: 'DOUBLE',
  error_type: 'VARCHAR',
  request_body_size: 'BIGINT',
  response_body_size: 'BIGINT',
  network_protocol_version: 'VARCHAR',
  user_agent_synthetic_type: 'VARCHAR',
  service_version: 'VARCHAR',
  deployment_environment: 'VARCHAR',
  consumer: 'VARCHAR',
  consumer_group: 'VARCHAR',
  consumer_label: 'VARCHAR',
  path_group: 'VARCHAR',
} as const;

/** Where a spreadsheet takes a field to begin: some do behind a semicolon, a tab or a line break, too, whatever quotes are around these. */
const BEGIN = '(^|[;\\t\\r\\n])';
/** What it takes for a formula when a field begins with it. The tables of the page do the same. */
const SIGN = '([=+\\-@\\t\\r\\n\uFF1D\uFF0B\uFF0D\uFF20])';

/** SQL for a text with a `'` before each sign. */
function marked(text: string): string {
  return `regexp_replace(${text}, '${BEGIN}${SIGN}', '\\1''\\2', 'g')`;
}

/** SQL for the texts of an export in CSV, behind `REPLACE`: a `'` before them keeps a spreadsheet from taking one for a formula. */
export const HARMLESS_TEXTS: string = Object.entries(COLUMNS)
  .filter(([, type]) => type === 'VARCHAR')
  .map(
    ([name]) =>
      // Twice, for a tab is both, and is taken once. Few texts have any.
      `CASE WHEN regexp_matches(${name}, '${BEGIN}${SIGN}') THEN ${marked(marked(name))} ELSE ${name} END AS ${name}`,
  )
  .join(', ');

/** Of a file of Parquet. DuckDB holds groups of rows in memory, of 122,880 unless it is told otherwise, for each thread. */
export const PARQUET = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 4096';

/** Times as the read API writes them, for formats that have no type for them. */
const TIMES_AS_TEXT = { received_at: 'VARCHAR', timestamp: 'VARCHAR' } as const;

/**
 * Makes a Parquet file of an export as NDJSON, with DuckDB in memory, which is loaded for it.
 *
 * @param from - path of the NDJSON, in which `custom_data` is a text with the JSON in it: as a value, DuckDB would write its numbers anew
 * @param to - path of the new file
 */
export function parquetOf(from: string, to: string): Promise<void> {
  return copied(from, COLUMNS, '* REPLACE (custom_data::JSON AS custom_data)', to, PARQUET);
}

/** The same as CSV, with a line of names first. */
export function csvOf(from: string, to: string): Promise<void> {
  return copied(
    from,
    { ...COLUMNS, ...TIMES_AS_TEXT },
    `* REPLACE (${HARMLESS_TEXTS})`,
    to,
    'FORMAT csv, HEADER',
  );
}

async function copied(
  from: string,
  types: Readonly<Record<string, string>>,
  selected: string,
  to: string,
  format: string,
): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    const columns = Object.entries(types).map(([name, type]) => `${name}: '${type}'`);
    await connection.run(`
      COPY (SELECT ${selected} FROM read_json(${quoted(from)}, format = 'newline_delimited', columns = {${columns.join(', ')}}))
      TO ${quoted(to)} (${format})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
