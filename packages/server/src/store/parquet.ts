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
} as const;

/**
 * Makes a Parquet file of an export as NDJSON, with DuckDB in memory, which is loaded for it.
 *
 * @param from - path of the NDJSON, in which `custom_data` is a text with the JSON in it: as a value, DuckDB would write its numbers anew
 * @param to - path of the new file
 */
export async function parquetOf(from: string, to: string): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    const columns = Object.entries(COLUMNS).map(([name, type]) => `${name}: '${type}'`);
    await connection.run(`
      COPY (SELECT * REPLACE (custom_data::JSON AS custom_data) FROM read_json(${quoted(from)}, format = 'newline_delimited', columns = {${columns.join(', ')}}))
      TO ${quoted(to)} (FORMAT parquet, COMPRESSION zstd)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(`'`, `''`)}'`;
}
