import { BIGINT, DOUBLE, type DuckDBType } from '@duckdb/node-api';

import { isAscending, isByTime, SIZE_SQL, type EventOrder } from '../../questions/event-order.ts';
import type { EventFilter } from '../../filter/event-filter.ts';
import { MAX_SUMMARY_BUCKETS, MAX_SUMMARY_ENDPOINTS, type EventQuery } from '../../questions/event-query.ts';
import { Conditions, ENDPOINT_NAME, instantSql, IS_ERROR, type BoundQuery } from '../engine/conditions.ts';
import { filtered } from './filter.ts';

/** What a stored event is read from. */
const EVENT_COLUMNS = `id, epoch_ms(received_at) AS received_at, client_id, source_ip, endpoint, scheme, method,
           custom_data::VARCHAR AS custom_data, epoch_ms("timestamp") AS "timestamp", status_code, latency_ms, route,
           outcome, user_id, user_agent, trace_id, span_id, session_id, sample_rate, error_type, request_body_size, response_body_size,
           network_protocol_version, user_agent_synthetic_type, service_version, deployment_environment,
  consumer, consumer_group, consumer_label, path_group`;

/** What events are ordered by, how a value of it is bound, and how it then stands in a statement. */
const ORDERED_BY: Readonly<Record<EventOrder, readonly [string, DuckDBType, string]>> = {
  newest: ['event_time', BIGINT, instantSql('$value')],
  oldest: ['event_time', BIGINT, instantSql('$value')],
  slowest: ['latency_ms', DOUBLE, '$value'],
  largest: [SIZE_SQL, BIGINT, '$value'],
};

/** A page of events. */
export function eventsQuery(query: EventQuery): BoundQuery {
  const { id, spanId, order = 'newest', after } = query;
  const [column, type, bound] = ORDERED_BY[order];
  const [direction, beyond] = isAscending(order) ? ['', '>'] : ['DESC', '<'];
  const conditions = filtered(query)
    .number('limit', query.limit)
    .text('span_id', 'span_id = $span_id', spanId);
  if (id !== undefined) conditions.number('of_id', id).and('id = $of_id');
  if (!isByTime(order)) conditions.and(`${column} IS NOT NULL`);
  if (after !== undefined) {
    conditions
      .value('value', type, type === BIGINT ? BigInt(after.value) : after.value)
      .number('id', after.id)
      // Alone, so that row groups can be skipped by it.
      .and(`${column} ${beyond}= ${bound}`)
      .and(`(${column} ${beyond} ${bound} OR id ${beyond} $id)`);
  }
  const inOrder = `ORDER BY ${column} ${direction}, id ${direction}`;
  const found = (columns: string): string =>
    `SELECT ${columns} FROM events ${conditions.where} ${inOrder} LIMIT $limit`;
  if (isByTime(order)) return conditions.query(found(EVENT_COLUMNS));
  // Events lie in the order of time: to find others, all are looked at, and only of those that are found is everything read.
  return conditions.query(
    `SELECT ${EVENT_COLUMNS} FROM events WHERE rowid IN (${found('rowid')}) ${inOrder}`,
  );
}

/** Events behind an id, in the order of ids, in which they lie in the file. */
export function eventsAfterQuery(id: number, limit: number): BoundQuery {
  const conditions = new Conditions().number('id', id).number('limit', limit).and('id > $id');
  return conditions.query(`
    SELECT ${EVENT_COLUMNS} FROM events ${conditions.where} ORDER BY id LIMIT $limit`);
}

/** One row: the totals and the first and last time. */
export function totalsQuery(filter: EventFilter): BoundQuery {
  const conditions = filtered(filter);
  return conditions.query(`
    SELECT count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
           count(DISTINCT source_ip) AS clients,
           quantile_cont(latency_ms, 0.5) AS p50, quantile_cont(latency_ms, 0.95) AS p95,
           quantile_cont(latency_ms, 0.99) AS p99,
           epoch_ms(min(event_time)) AS first, epoch_ms(max(event_time)) AS last
    FROM events ${conditions.where}`);
}

/** Buckets of one width in order of time, aligned to the epoch. */
export function bucketsQuery(filter: EventFilter, bucketMillis: number): BoundQuery {
  const conditions = filtered(filter)
    .number('width', bucketMillis)
    .number('limit', MAX_SUMMARY_BUCKETS + 1);
  return conditions.query(`
    SELECT (epoch_ms(event_time) // $width) * $width AS start, count(*) AS requests,
           count(*) FILTER (WHERE ${IS_ERROR}) AS errors
    FROM events ${conditions.where}
    GROUP BY start ORDER BY start LIMIT $limit`);
}

/** Figures per endpoint, the busiest first. */
export function endpointsQuery(filter: EventFilter): BoundQuery {
  const conditions = filtered(filter).number('limit', MAX_SUMMARY_ENDPOINTS);
  return conditions.query(`
    SELECT method, ${ENDPOINT_NAME} AS path, count(*) AS requests,
           count(*) FILTER (WHERE ${IS_ERROR}) AS errors, quantile_cont(latency_ms, 0.95) AS p95
    FROM events ${conditions.where}
    GROUP BY method, path ORDER BY requests DESC, path, method
    LIMIT $limit`);
}

/** What a row of a producer is read from. */
export const PRODUCER_COLUMNS = `producer, client_id, last_seq, mode, agent, epoch_ms(first_seen) AS first_seen, epoch_ms(last_seen) AS last_seen,
   events, rejected, service_version, deployment_environment, service_instance_id`;

/** The row of one producer. */
export function producerQuery(producer: string): BoundQuery {
  const conditions = new Conditions().text('producer', 'producer = $producer', producer);
  return conditions.query(`SELECT ${PRODUCER_COLUMNS} FROM producers ${conditions.where}`);
}
