import type { ProducerMode, ProducerRow } from '../../questions/producer.ts';
import type { ApplicationRow, Listed, SourceQuery } from '../../questions/source-list.ts';
import { Conditions, storable } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number, text } from '../../rows/values.ts';
import { senderFigures, toProducerRow } from '../../rows/producer.ts';
import { SHOWN_PRODUCERS } from './shown-producers.ts';
import { bindSearch, foundSql } from './search.ts';

const SEARCHED = `concat_ws(' ', client_id, producer, agent, service_version, deployment_environment, service_instance_id)`;
const NEWEST = 'ORDER BY last_seen DESC, producer COLLATE "C"';

/** Lists producers. */
export async function producerListOf(rows: ReadRows, query: SourceQuery): Promise<Listed<ProducerRow>> {
  const conditions = conditionsOf(query);
  const found = await rows(
    conditions.and(isFound(query)).query(`
      SELECT *, count(*) OVER () AS total FROM ${SHOWN_PRODUCERS} AS producers ${conditions.where}
      ORDER BY (producer = ANY ($first)) DESC, last_seen DESC, producer COLLATE "C" LIMIT $limit`),
  );
  return { rows: found.map(toProducerRow), total: number(found[0]?.['total']) };
}

/** What the producer that was seen last says. */
function newest(column: string): string {
  return `(array_agg(${column} ${NEWEST}))[1] AS ${column}`;
}

/** Lists client ids with the figures of all their producers; one that is found finds its application. */
export async function applicationListOf(rows: ReadRows, query: SourceQuery): Promise<Listed<ApplicationRow>> {
  const conditions = conditionsOf(query);
  const found = await rows(
    conditions.query(`
      SELECT client_id, count(*) AS producers, string_agg(DISTINCT mode, ' ' ORDER BY mode) AS modes,
             ${['agent', 'service_version', 'deployment_environment', 'service_instance_id'].map(newest).join(', ')},
             min(first_seen) AS first_seen, max(last_seen) AS last_seen,
             sum(events)::bigint AS events, sum(rejected)::bigint AS rejected, count(*) OVER () AS total
      FROM ${SHOWN_PRODUCERS} AS producers ${conditions.where}
      GROUP BY client_id HAVING bool_or(${isFound(query)})
      ORDER BY (client_id = ANY ($first)) DESC, max(last_seen) DESC, client_id COLLATE "C"
      LIMIT $limit`),
  );
  const applications = found.map((row) => ({
    producers: number(row['producers']),
    modes: text(row['modes']).split(' ') as ProducerMode[],
    ...senderFigures(row),
  }));
  return { rows: applications, total: number(found[0]?.['total']) };
}

function isFound({ search }: SourceQuery): string {
  return foundSql(SEARCHED, 'search', search);
}

function conditionsOf({ clientId, search, first, limit }: SourceQuery): Conditions {
  const conditions = new Conditions()
    .text('client_id', 'client_id = $client_id', clientId)
    .value('first', 'text[]', first.map(storable))
    .number('limit', limit);
  return bindSearch(conditions, 'search', search);
}
