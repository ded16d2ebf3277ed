import { DOUBLE, UBIGINT, VARCHAR } from '@duckdb/node-api';

import { metricTexts, numberIn, type EventFilter, type MetricCondition } from '../../filter/event-filter.ts';
import { KEY_DIGITS, keysOf } from '../../figures/client-keys.ts';
import { Conditions, ENDPOINT_NAME, instantSql, IS_ERROR } from '../engine/conditions.ts';
import { bindSearch, foundSql } from './search.ts';

/** Conditions on the `events` table. */
export function filtered(filter: EventFilter): Conditions {
  const conditions = new Conditions()
    .time('since', `event_time >= ${instantSql('$since')}`, filter.since)
    .time('until', `event_time < ${instantSql('$until')}`, filter.until);
  return withMembers(withKeys(conditions, filter, OF_EVENT), filter);
}

/** ` AND …` for rows of aggregates, in statements that bind {@link filtered}: what their keys tell. */
export function ofKeysSql(filter: EventFilter): string {
  return withKeys(new Conditions(), filter, OF_ROW).ands;
}

/** ` AND …` for events, in statements that bind {@link filtered}: all but the time. */
export function ofEventsSql(filter: EventFilter): string {
  return withMembers(withKeys(new Conditions(), filter, OF_EVENT), filter).ands;
}

/** SQL for what keys are, of an event and of a row of aggregates. */
interface KeyColumns {
  /** The name of the endpoint. */
  readonly endpoint: string;
  readonly release: string;
  readonly environment: string;
  readonly synthetic: string;
  /** Holds where the last three are not said. */
  readonly isUnsaid: string;
}

const OF_EVENT: KeyColumns = {
  endpoint: ENDPOINT_NAME,
  release: 'service_version',
  environment: 'deployment_environment',
  synthetic: 'user_agent_synthetic_type',
  isUnsaid: 'IS NULL',
};

const OF_ROW: KeyColumns = {
  endpoint: 'endpoint',
  release: 'release',
  environment: 'environment',
  synthetic: 'synthetic',
  isUnsaid: `= ''`,
};

function withKeys(conditions: Conditions, filter: EventFilter, columns: KeyColumns): Conditions {
  conditions
    .text('client_id', 'client_id = $client_id', filter.clientId)
    .text('method', 'method = $method', filter.method)
    .text('endpoint', `${columns.endpoint} = $endpoint`, filter.endpoint)
    .text('release', `${columns.release} = $release`, filter.release)
    .text('environment', `${columns.environment} = $environment`, filter.environment);
  const { endpointPart, synthetic } = filter;
  if (endpointPart !== undefined)
    bindSearch(conditions, 'endpoint_part', endpointPart).and(
      foundSql(columns.endpoint, 'endpoint_part', endpointPart),
    );
  if (synthetic === 'any') return conditions.and(`NOT ${columns.synthetic} ${columns.isUnsaid}`);
  if (synthetic === 'none') return conditions.and(`${columns.synthetic} ${columns.isUnsaid}`);
  return conditions.text('synthetic', `${columns.synthetic} = $synthetic`, synthetic);
}

function withMembers(conditions: Conditions, filter: EventFilter): Conditions {
  const { status, failed, client, outcome, errorType, latency, metric } = filter;
  conditions
    .text('path', 'endpoint = $path', filter.path)
    .text('user_id', 'user_id = $user_id', filter.userId)
    .text('session_id', 'session_id = $session_id', filter.sessionId)
    .text('consumer', 'consumer = $consumer', filter.consumer)
    .text('consumer_group', 'consumer_group = $consumer_group', filter.consumerGroup)
    .text('trace_id', 'trace_id = $trace_id', filter.traceId);
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
  if (client !== undefined) withClient(conditions, client);
  if (latency !== undefined) conditions.and('latency_ms IS NOT NULL');
  withBound(conditions, 'latency_from', 'latency_ms >= $latency_from', latency?.from);
  withBound(conditions, 'latency_to', 'latency_ms <= $latency_to', latency?.to);
  if (metric !== undefined) withMetric(conditions, metric);
  return conditions;
}

/**
 * By the key, which is read in a fraction of the time of the pseudonym. Where there are more digits, one event tells whether they are those of
 * who has the key.
 */
function withClient(conditions: Conditions, prefix: string): void {
  const { first, last } = keysOf(prefix);
  const hasKey = 'client BETWEEN $first_client_key AND $last_client_key';
  conditions.value('first_client_key', UBIGINT, first).value('last_client_key', UBIGINT, last).and(hasKey);
  if (prefix.length > KEY_DIGITS)
    conditions
      .value('client_digits', VARCHAR, prefix)
      .and(`EXISTS (FROM events WHERE ${hasKey} AND starts_with(source_ip, $client_digits))`);
}

function withBound(conditions: Conditions, name: string, text: string, bound: number | undefined): void {
  if (bound !== undefined) conditions.value(name, DOUBLE, bound).and(text);
}

/** A JSON pointer (RFC 6901) to a member of any name. */
const POINTER = `'/' || replace(replace($metric_name, '~', '~0'), '/', '~1')`;
const VALUE = `json_extract(custom_data, ${POINTER})::VARCHAR`;
/** NULL for all but numbers: texts are in quotes. */
const NUMBER = `TRY_CAST(${VALUE} AS DOUBLE)`;

/** Nothing is escaped, and no object is in another one or in a list: what looks like a member is one. */
const IS_FLAT = ['\\', ':{', '[{', ',{']
  .map((text) => `NOT contains(custom_data::VARCHAR, '${text}')`)
  .join(' AND ');

/** What must hold of a metric; each value is taken out of its event once at most, for that is what takes time. */
function withMetric(conditions: Conditions, metric: MetricCondition): void {
  const { name, equals, from, to } = metric;
  const texts = metricTexts(metric).map((text, index) => {
    conditions.value(`metric_text_${index}`, VARCHAR, text);
    return `contains(custom_data::VARCHAR, $metric_text_${index})`;
  });
  conditions.value('metric_name', VARCHAR, name).and(`(${texts.join(' OR ')})`);
  if (from !== undefined || to !== undefined)
    conditions
      .value('metric_from', DOUBLE, from ?? -Infinity)
      .value('metric_to', DOUBLE, to ?? Infinity)
      .and(`${NUMBER} BETWEEN $metric_from AND $metric_to`);
  else if (equals === undefined) conditions.and(`${VALUE} <> 'null'`);
  if (equals === undefined) return;
  const number = numberIn(equals);
  const alternatives = [
    `starts_with(${VALUE}, '"') AND json_extract_string(custom_data, ${POINTER}) = $metric_text`,
    ...(equals === 'true' || equals === 'false' ? [`${VALUE} = $metric_text`] : []),
    ...(number === undefined ? [] : [`${NUMBER} = $metric_number`]),
  ];
  conditions
    .value('metric_text', VARCHAR, equals)
    .value('metric_number', DOUBLE, number ?? 0)
    .and(`CASE WHEN ${IS_FLAT} THEN true ELSE ${alternatives.join(' OR ')} END`);
}
