import type * as v from 'valibot';

import { EVENT_JSON } from '../../event/json.ts';
import * as access from '../answers/access.ts';
import * as alerts from '../answers/alerts.ts';
import * as consumers from '../answers/consumers.ts';
import * as events from '../answers/events.ts';
import * as figures from '../answers/figures.ts';
import * as metrics from '../answers/metrics.ts';
import * as senders from '../answers/senders.ts';
import * as service from '../answers/service.ts';

/** The answers in JSON, by the names that they have in the description. */
export const SCHEMAS = {
  Failure: service.FAILURE,
  Event: EVENT_JSON,
  EventPage: events.EVENT_PAGE,
  OneEvent: events.ONE_EVENT,
  Summary: figures.SUMMARY,
  Overview: figures.OVERVIEW,
  Endpoints: figures.ENDPOINTS,
  Errors: figures.ERRORS,
  Latency: figures.LATENCY,
  Week: figures.WEEK,
  ApdexThreshold: figures.APDEX_THRESHOLD,
  ApdexThresholds: figures.APDEX_THRESHOLDS,
  ApdexEndpoint: figures.APDEX_ENDPOINT,
  Clients: figures.CLIENTS,
  Consumers: consumers.CONSUMERS,
  Releases: consumers.RELEASES,
  Values: figures.VALUES,
  Metrics: metrics.METRICS,
  Metric: metrics.METRIC,
  Sources: senders.SOURCES,
  Nodes: senders.NODES,
  Token: access.TOKEN,
  Tokens: access.TOKENS,
  NewToken: access.NEW_TOKEN,
  Share: access.SHARE,
  Shares: access.SHARES,
  NewShare: access.NEW_SHARE,
  Revoked: access.REVOKED,
  Alerts: alerts.ALERTS,
  AlertRule: alerts.ALERT_RULE,
  AlertLog: alerts.ALERT_LOG,
  Destination: alerts.DESTINATION,
  NewDestination: alerts.NEW_DESTINATION,
  Removed: alerts.REMOVED,
  Readings: alerts.READINGS,
  Tested: alerts.TESTED,
  Session: access.SESSION,
  Signed: access.SIGNED,
  Health: service.HEALTH,
  SecretKey: service.SECRET_KEY,
  Ingested: service.INGESTED,
  TracesTaken: service.TRACES_TAKEN,
  TracesFailure: service.TRACES_FAILURE,
} as const satisfies Readonly<Record<string, v.GenericSchema>>;

/** The name of an answer in JSON. */
export type SchemaName = keyof typeof SCHEMAS;
