import { ENDPOINT_NAME, IS_ERROR } from '../engine/conditions.ts';

const KEYS_OF_EVENT = `client_id, method, ${ENDPOINT_NAME} AS endpoint, coalesce(service_version, '') AS release,
  coalesce(deployment_environment, '') AS environment, coalesce(user_agent_synthetic_type, '') AS synthetic`;

/** Only `batch`, see {@link batchSql}. */
export function batchViewSql(condition: string): string {
  return `
    CREATE OR REPLACE TEMP VIEW batch AS
    SELECT id, event_time, ${KEYS_OF_EVENT}, status_code, outcome, latency_ms, custom_data, error_type, consumer, consumer_group,
           consumer_label
    FROM events WHERE ${condition}`;
}

/**
 * What aggregates are made from: `batch`, the events, which are read where they are, for copying them takes longer; and
 * `batch_clients`, what they add to each client's hour at an endpoint. That is a table: three aggregates read
 * it, and it has fewer rows than there are events wherever clients come again.
 *
 * @param condition - SQL; which events
 */
export function batchSql(condition: string): readonly string[] {
  const from = `FROM events WHERE ${condition}`;
  return [
    batchViewSql(condition),
    `CREATE OR REPLACE TEMP TABLE batch_clients AS
     SELECT * REPLACE (unhex(source_ip) AS source_ip)
     FROM (
       SELECT date_trunc('hour', event_time) AS event_time, ${KEYS_OF_EVENT}, source_ip, client, count(*) AS requests,
              count(*) FILTER (WHERE ${IS_ERROR}) AS errors, max(event_time) AS last_seen
       ${from} AND source_ip IS NOT NULL GROUP BY ALL)`,
  ];
}
