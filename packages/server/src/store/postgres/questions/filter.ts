import { pseudonymsFrom, type EventFilter } from '../../filter/event-filter.ts';
import { Conditions, ENDPOINT_NAME, IS_ERROR } from '../engine/conditions.ts';
import { withMetric } from './metric-condition.ts';
import { bindSearch, foundSql } from './search.ts';

/** Of partitions of some days, `$days`, only; known when a statement is planned, so that the others are not even planned for. */
export const IN_DAYS = 'arrived = ANY ($days)';

/**
 * Conditions on the `events` table.
 *
 * @param days - on which what is looked for has arrived; undefined: on any
 */
export function filtered(filter: EventFilter, days?: readonly string[]): Conditions {
  const conditions = new Conditions()
    .time('since', 'event_time >= $since', filter.since)
    .time('until', 'event_time < $until', filter.until);
  if (days !== undefined) conditions.value('days', 'date[]', days).and(IN_DAYS);
  return withMembers(withKeys(conditions, filter), filter);
}

/**
 * ` AND …` for rows of aggregates, in statements that bind {@link filtered}: what their keys tell.
 *
 * @param hasEndpoint - whether endpoints are among these
 */
export function ofKeysSql(filter: EventFilter, hasEndpoint: boolean): string {
  const conditions = withOrigin(withClientId(new Conditions(), filter), filter, OF_ROW);
  return (hasEndpoint ? withEndpoint(conditions, filter, 'endpoint') : conditions).ands;
}

/** ` AND …` for events, in statements that bind {@link filtered}: all but the time. */
export function ofEventsSql(filter: EventFilter): string {
  return withMembers(withKeys(new Conditions(), filter), filter).ands;
}

/** SQL for where a request comes from and what asked, of an event and of a row of aggregates. */
interface OriginColumns {
  readonly release: string;
  readonly environment: string;
  readonly synthetic: string;
  /** Holds where one of them is not said. */
  readonly isUnsaid: string;
}

const OF_EVENT: OriginColumns = {
  release: 'service_version',
  environment: 'deployment_environment',
  synthetic: 'user_agent_synthetic_type',
  isUnsaid: 'IS NULL',
};

const OF_ROW: OriginColumns = {
  release: 'release',
  environment: 'environment',
  synthetic: 'synthetic',
  isUnsaid: `= ''`,
};

function withKeys(conditions: Conditions, filter: EventFilter): Conditions {
  return withOrigin(withEndpoint(withClientId(conditions, filter), filter, ENDPOINT_NAME), filter, OF_EVENT);
}

function withOrigin(
  conditions: Conditions,
  { release, environment, synthetic }: EventFilter,
  columns: OriginColumns,
): Conditions {
  conditions
    .text('release', `${columns.release} = $release`, release)
    .text('environment', `${columns.environment} = $environment`, environment);
  if (synthetic === 'any') return conditions.and(`NOT ${columns.synthetic} ${columns.isUnsaid}`);
  if (synthetic === 'none') return conditions.and(`${columns.synthetic} ${columns.isUnsaid}`);
  return conditions.text('synthetic', `${columns.synthetic} = $synthetic`, synthetic);
}

function withClientId(conditions: Conditions, { clientId }: EventFilter): Conditions {
  return conditions.text('client_id', 'client_id = $client_id', clientId);
}

/** @param name - SQL for the name of the endpoint */
function withEndpoint(conditions: Conditions, filter: EventFilter, name: string): Conditions {
  const { endpointPart } = filter;
  conditions
    .text('method', 'method = $method', filter.method)
    .text('endpoint', `${name} = $endpoint`, filter.endpoint);
  if (endpointPart === undefined) return conditions;
  return bindSearch(conditions, 'endpoint_part', endpointPart).and(
    foundSql(name, 'endpoint_part', endpointPart),
  );
}

function withMembers(conditions: Conditions, filter: EventFilter): Conditions {
  const { status, failed, client, outcome, errorType, latency, metric } = filter;
  conditions
    .text('path', 'endpoint = $path', filter.path)
    .text('user_id', 'user_id = $user_id', filter.userId)
    .text('session_id', 'session_id = $session_id', filter.sessionId)
    .text('consumer', 'consumer = $consumer', filter.consumer)
    .text('consumer_group', 'consumer_group = $consumer_group', filter.consumerGroup)
    .text('trace_id', `trace_id = decode($trace_id, 'hex')`, filter.traceId);
  if (status === 'none') conditions.and('coalesce(status_code, 0) < 200');
  else if (status !== undefined)
    conditions
      .number('status_from', status.from)
      .number('status_to', status.to)
      .and('status_code BETWEEN $status_from AND $status_to');
  if (outcome === null) conditions.and('outcome IS NULL');
  else conditions.text('outcome', 'outcome = $outcome', outcome);
  if (errorType === null) conditions.and('error_type IS NULL');
  else conditions.text('error_type', 'error_type = $error_type', errorType);
  if (failed !== undefined) conditions.and(`(${IS_ERROR}) = ${failed}`);
  if (client !== undefined) {
    const { first, last } = pseudonymsFrom(client);
    conditions
      .value('first_client', 'text', first)
      .value('last_client', 'text', last)
      .and(`source_ip BETWEEN decode($first_client, 'hex') AND decode($last_client, 'hex')`);
  }
  if (latency !== undefined) conditions.and('latency_ms IS NOT NULL');
  withBound(conditions, 'latency_from', 'latency_ms >= $latency_from', latency?.from);
  withBound(conditions, 'latency_to', 'latency_ms <= $latency_to', latency?.to);
  if (metric !== undefined) withMetric(conditions, metric);
  return conditions;
}

function withBound(conditions: Conditions, name: string, text: string, bound: number | undefined): void {
  if (bound !== undefined) conditions.value(name, 'float8', bound).and(text);
}
