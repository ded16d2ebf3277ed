import type { ReadRows } from '../engine/read-connection.ts';
import { countedLatencies } from './rollup-source.ts';
import { queryOf, type FactSource } from './source.ts';

/**
 * Puts what a source says of each bucket of time into temporary tables, so that several questions cost one reading. All
 * endpoints become one.
 *
 * @param width - length of a bucket, milliseconds
 */
export async function condensedSource(
  rows: ReadRows,
  source: FactSource,
  width: number,
): Promise<FactSource> {
  const start = '(ms // $width) * $width AS ms';
  const create = (name: string, columns: string, relation: string): Promise<unknown> =>
    rows(
      queryOf(
        source,
        `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${start}, ${columns} FROM ${relation} GROUP BY ALL`,
        { width },
      ),
    );
  await create(
    'condensed_counts',
    `'' AS client_id, method, '' AS path, status_code, outcome, sum(requests)::BIGINT AS requests`,
    source.counts,
  );
  const counts = 'condensed_counts';
  if (source.counted === undefined) return { ...source, counts };
  await create('condensed_latencies', 'bucket, sum(count)::BIGINT AS count', source.counted);
  return { ...source, counts, ...countedLatencies('condensed_latencies') };
}
