import { LIST, listValue, VARCHAR } from '@duckdb/node-api';

import type { ProducerMode, ProducerRow } from '../../questions/producer.ts';
import type { ApplicationRow, Listed, SourceQuery } from '../../questions/source-list.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/read-connection.ts';
import { number, text } from '../../rows/values.ts';
import { senderFigures, toProducerRow } from '../../rows/producer.ts';
import { PRODUCER_COLUMNS } from './queries.ts';
import { bindSearch, foundSql } from './search.ts';

const SEARCHED = `concat_ws(' ', client_id, producer, agent, service_version, deployment_environment, service_instance_id)`;
const NEWEST = 'ORDER BY last_seen DESC, producer';

/** Lists producers. */
export async function producerListOf(rows: ReadRows, query: SourceQuery): Promise<Listed<ProducerRow>> {
  const conditions = conditionsOf(query).and(isFound(query));
  const found = await rows(
    conditions.query(`
      SELECT ${PRODUCER_COLUMNS}, count(*) OVER () AS total
      FROM producers ${conditions.where}
      ORDER BY list_contains($first::VARCHAR[], producer) DESC, producers.last_seen DESC, producer
      LIMIT $limit`),
  );
  return { rows: found.map(toProducerRow), total: number(found[0]?.['total']) };
}

/** Lists client ids with the figures of all their producers; one that is found finds its application. */
export async function applicationListOf(rows: ReadRows, query: SourceQuery): Promise<Listed<ApplicationRow>> {
  const conditions = conditionsOf(query);
  const found = await rows(
    conditions.query(`
      SELECT client_id, count(*) AS producers, string_agg(DISTINCT mode, ' ' ORDER BY mode) AS modes,
             first(agent ${NEWEST}) AS agent, first(service_version ${NEWEST}) AS service_version,
             first(deployment_environment ${NEWEST}) AS deployment_environment,
             first(service_instance_id ${NEWEST}) AS service_instance_id,
             epoch_ms(min(first_seen)) AS first_seen, epoch_ms(max(producers.last_seen)) AS last_seen,
             sum(events)::BIGINT AS events, sum(rejected)::BIGINT AS rejected, count(*) OVER () AS total
      FROM producers ${conditions.where}
      GROUP BY client_id HAVING bool_or(${isFound(query)})
      ORDER BY list_contains($first::VARCHAR[], client_id) DESC, max(producers.last_seen) DESC, client_id
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
    .value('first', LIST(VARCHAR), listValue([...first]))
    .number('limit', limit);
  return bindSearch(conditions, 'search', search);
}
