import { isAscending, SIZE_SQL, type EventOrder } from '../../../questions/event-order.ts';
import type { EventFilter } from '../../../filter/event-filter.ts';
import {
  MAX_SUMMARY_BUCKETS,
  MAX_SUMMARY_ENDPOINTS,
  type EventQuery,
} from '../../../questions/event-query.ts';
import { EVENTS_OF_BATCH } from '../../engine/batches.ts';
import {
  Conditions,
  ENDPOINT_HASH,
  ENDPOINT_NAME,
  IS_ERROR,
  type BoundQuery,
  type ParameterType,
} from '../../engine/conditions.ts';
import { filtered } from '../filter.ts';
import { SHOWN_PRODUCERS } from '../shown-producers.ts';

/** What an event is read from, beside its id. */
const MEMBER_COLUMNS = `client_id, received_at, encode(source_ip, 'hex') AS source_ip, endpoint, scheme, method, custom_data, "timestamp",
  status_code, latency_ms, route, outcome, user_id, user_agent, encode(trace_id, 'hex') AS trace_id,
  encode(span_id, 'hex') AS span_id, session_id, sample_rate, error_type, request_body_size, response_body_size,
  network_protocol_version, user_agent_synthetic_type, service_version, deployment_environment,
  consumer, consumer_group, consumer_label, path_group`;

const EVENT_COLUMNS = `id, ${MEMBER_COLUMNS}`;

/** What events are ordered by, and its type. */
const ORDERED_BY: Readonly<Record<EventOrder, readonly [string, ParameterType]>> = {
  newest: ['event_time', 'bigint'],
  oldest: ['event_time', 'bigint'],
  slowest: ['latency_ms', 'float8'],
  largest: [SIZE_SQL, 'bigint'],
};

/**
 * A page of events.
 *
 * @param days - on which they have arrived; undefined: on any
 */
export function eventsQuery(query: EventQuery, days?: readonly string[]): BoundQuery {
  const { id, spanId, order = 'newest', after } = query;
  const [column, type] = ORDERED_BY[order];
  const [direction, beyond] = isAscending(order) ? ['', '>'] : ['DESC', '<'];
  const conditions = filtered(query, days)
    .number('limit', query.limit)
    .text('span_id', `span_id = decode($span_id, 'hex')`, spanId);
  if (id !== undefined) conditions.number('of_id', id).and('id = $of_id');
  if (column !== 'event_time') conditions.and(`${column} IS NOT NULL`);
  // As the index of it has it; the name itself is compared, too.
  if (order === 'slowest' && query.endpoint !== undefined)
    conditions.and(`${ENDPOINT_HASH} = hashtext($endpoint)`);
  if (after !== undefined) {
    conditions
      .value('value', type, after.value)
      .number('id', after.id)
      .and(`${column} ${beyond}= $value`)
      .and(`(${column} ${beyond} $value OR id ${beyond} $id)`);
  }
  // Found first, and then written as it is read: else that is done for all that is sorted.
  const inOrder = `ORDER BY ${column} ${direction}, id ${direction}`;
  return conditions.query(`
    SELECT ${EVENT_COLUMNS}
    FROM (SELECT * FROM events ${conditions.where} ${inOrder} LIMIT $limit) AS found ${inOrder}`);
}

/** Events to be exported, in the order of their arrival. */
export function exportQuery(filter: EventFilter): BoundQuery {
  const conditions = filtered(filter);
  return conditions.query(
    `SELECT ${MEMBER_COLUMNS} FROM events ${conditions.where} ORDER BY arrived, received_at, id`,
  );
}

/** One row: the totals and the first and last time. */
export function totalsQuery(filter: EventFilter): BoundQuery {
  const conditions = filtered(filter);
  return conditions.query(`
    SELECT count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
           (SELECT count(*) FROM (SELECT FROM events ${conditions.where} GROUP BY source_ip HAVING source_ip IS NOT NULL) AS c) AS clients,
           percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms) AS latency,
           min(event_time) AS first, max(event_time) AS last
    FROM events ${conditions.where}`);
}

/** Buckets of one width in order of time, aligned to the epoch. */
export function bucketsQuery(filter: EventFilter, bucketMillis: number): BoundQuery {
  const conditions = filtered(filter)
    .number('width', bucketMillis)
    .number('limit', MAX_SUMMARY_BUCKETS + 1);
  return conditions.query(`
    SELECT event_time / $width * $width AS start, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors
    FROM events ${conditions.where}
    GROUP BY 1 ORDER BY 1 LIMIT $limit`);
}

/** Figures per endpoint, the busiest first. */
export function endpointsQuery(filter: EventFilter): BoundQuery {
  const conditions = filtered(filter).number('limit', MAX_SUMMARY_ENDPOINTS);
  return conditions.query(`
    SELECT method, ${ENDPOINT_NAME} AS path, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
    FROM events ${conditions.where}
    GROUP BY 1, 2 ORDER BY requests DESC, ${ENDPOINT_NAME} COLLATE "C", method COLLATE "C"
    LIMIT $limit`);
}

/** The row of one producer, as it is shown; its key may be that of a node's row too. */
export function producerQuery(producer: string): BoundQuery {
  const conditions = new Conditions().text('producer', 'producer = $producer', producer);
  return conditions.query(`SELECT * FROM ${SHOWN_PRODUCERS} AS producers ${conditions.where}`);
}

/** Batches that were stored in the last so many milliseconds, in the order of their numbers. */
export function batchesQuery(millis: number): BoundQuery {
  return new Conditions().number('age', Math.round(millis)).query(`
    SELECT batch, events FROM pending WHERE stored_at >= clock_timestamp() - $age * interval '1 millisecond' ORDER BY batch`);
}

/** The newest events of some batches, in the order of their ids. */
export function eventsOfBatchesQuery(batches: readonly number[], limit: number): BoundQuery {
  const conditions = new Conditions().number('limit', limit).value(
    'low',
    'bigint[]',
    batches.map((batch) => batch * EVENTS_OF_BATCH),
  );
  return conditions.query(`
    SELECT * FROM (
      SELECT e.* FROM unnest($low) AS batches(low), LATERAL (
        SELECT ${EVENT_COLUMNS} FROM events WHERE id >= low AND id < low + ${EVENTS_OF_BATCH}
        ORDER BY id DESC LIMIT $limit) AS e
      ORDER BY id DESC LIMIT $limit) AS newest
    ORDER BY id`);
}
