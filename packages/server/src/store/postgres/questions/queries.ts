import type { EventFilter } from '../../filter/event-filter.ts';
import { MAX_SUMMARY_ENDPOINTS, type EventQuery } from '../../event-query.ts';
import { EVENTS_OF_BATCH } from '../engine/batches.ts';
import { Conditions, ENDPOINT_NAME, IS_ERROR, type BoundQuery } from '../engine/conditions.ts';
import { filtered } from './filter.ts';
import { SHOWN_PRODUCERS } from './shown-producers.ts';

/** What an event is read from, beside its id. */
const MEMBER_COLUMNS = `client_id, received_at, encode(source_ip, 'hex') AS source_ip, endpoint, scheme, method, custom_data, "timestamp",
  status_code, latency_ms, route, outcome, user_id, user_agent, encode(trace_id, 'hex') AS trace_id,
  encode(span_id, 'hex') AS span_id, session_id, sample_rate, error_type, request_body_size, response_body_size,
  network_protocol_version, user_agent_synthetic_type`;

const EVENT_COLUMNS = `id, ${MEMBER_COLUMNS}`;

/** A page of events, newest first. */
export function eventsQuery(query: EventQuery): BoundQuery {
  const conditions = filtered(query).number('limit', query.limit);
  if (query.after !== undefined) {
    conditions
      .number('time', query.after.time)
      .number('id', query.after.id)
      .and('event_time <= $time')
      .and('(event_time < $time OR id < $id)');
  }
  return conditions.query(`
    SELECT ${EVENT_COLUMNS}
    FROM events ${conditions.where}
    ORDER BY event_time DESC, id DESC
    LIMIT $limit`);
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
  const conditions = filtered(filter).number('width', bucketMillis);
  return conditions.query(`
    SELECT event_time / $width * $width AS start, count(*) AS requests, count(*) FILTER (WHERE ${IS_ERROR}) AS errors
    FROM events ${conditions.where}
    GROUP BY 1 ORDER BY 1`);
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
