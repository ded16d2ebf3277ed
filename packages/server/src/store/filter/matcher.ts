import { endpointName, eventTime, isError, type StoredEvent } from '../../event/event.ts';
import {
  numberIn,
  pseudonymsFrom,
  type EventFilter,
  type MetricCondition,
  type NumberSpan,
} from './event-filter.ts';
import { finder } from './search.ts';

type Condition = (event: StoredEvent) => boolean;

/** Whether an event is meant by a filter: what every store's SQL says, too. */
export function matcher(filter: EventFilter): Condition {
  const conditions = [...keyConditions(filter), ...memberConditions(filter)];
  return (event) => conditions.every((holds) => holds(event));
}

function keyConditions(filter: EventFilter): readonly Condition[] {
  return [
    ...given(filter.since, (since) => (event) => eventTime(event) >= since),
    ...given(filter.until, (until) => (event) => eventTime(event) < until),
    ...given(filter.clientId, (clientId) => (event) => event.clientId === clientId),
    ...given(filter.method, (method) => (event) => event.method === method),
    ...given(filter.endpoint, (endpoint) => (event) => endpointName(event) === endpoint),
    ...given(filter.endpointPart, (part) => {
      const isFound = finder(part);
      return (event) => isFound(endpointName(event));
    }),
  ];
}

function memberConditions(filter: EventFilter): readonly Condition[] {
  return [
    ...given(filter.path, (path) => (event) => event.endpoint === path),
    ...given(filter.status, ofStatus),
    ...given(filter.outcome, (outcome) => (event) => event.outcome === outcome),
    ...given(filter.failed, (failed) => (event) => isError(event) === failed),
    ...given(filter.errorType, (errorType) => (event) => event.errorType === errorType),
    ...given(filter.client, (prefix) => {
      const { first, last } = pseudonymsFrom(prefix);
      return ({ sourceIp }) => sourceIp !== null && sourceIp >= first && sourceIp <= last;
    }),
    ...given(filter.userId, (userId) => (event) => event.userId === userId),
    ...given(filter.sessionId, (sessionId) => (event) => event.sessionId === sessionId),
    ...given(filter.traceId, (traceId) => (event) => event.traceId === traceId),
    ...given(filter.synthetic, ofSynthetic),
    ...given(filter.release, (release) => (event) => event.release === release),
    ...given(filter.environment, (environment) => (event) => event.environment === environment),
    ...given(filter.consumer, (consumer) => (event) => event.consumer === consumer),
    ...given(filter.consumerGroup, (group) => (event) => event.consumerGroup === group),
    ...given(filter.latency, (span) => (event) => isWithin(event.latencyMs, span)),
    ...given(filter.metric, ofMetric),
  ];
}

function given<T>(value: T | undefined, condition: (value: T) => Condition): readonly Condition[] {
  return value === undefined ? [] : [condition(value)];
}

function ofStatus(status: NonNullable<EventFilter['status']>): Condition {
  if (status === 'none') return ({ statusCode }) => (statusCode ?? 0) < 200;
  return ({ statusCode }) => isWithin(statusCode, status);
}

function ofSynthetic(synthetic: NonNullable<EventFilter['synthetic']>): Condition {
  if (synthetic === 'any') return ({ syntheticType }) => syntheticType !== null;
  if (synthetic === 'none') return ({ syntheticType }) => syntheticType === null;
  return ({ syntheticType }) => syntheticType === synthetic;
}

function ofMetric({ name, equals, ...span }: MetricCondition): Condition {
  const isFree = span.from === undefined && span.to === undefined;
  return ({ customData }) => {
    const metrics = new Map<string, unknown>(Object.entries(JSON.parse(customData) as object));
    const value = metrics.get(name) ?? null;
    if (value === null) return false;
    if (equals !== undefined && !isWritten(value, equals)) return false;
    return isFree || isWithin(typeof value === 'number' ? value : null, span);
  };
}

function isWritten(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value === text;
  if (typeof value === 'boolean') return String(value) === text;
  return typeof value === 'number' && value === numberIn(text);
}

function isWithin(value: number | null, { from = -Infinity, to = Infinity }: NumberSpan): boolean {
  return value !== null && value >= from && value <= to;
}
