import { DuckDBTimestampMillisecondsValue, type DuckDBAppender } from '@duckdb/node-api';

import { eventTime, type StoredEvent } from './event.ts';

/** Appends one event, column by column in the order of the `events` table. */
export function appendRow(appender: DuckDBAppender, event: StoredEvent): void {
  appender.appendBigInt(BigInt(event.id));
  time(appender, event.receivedAt);
  time(appender, eventTime(event));
  appender.appendVarchar(event.clientId);
  text(appender, event.sourceIp);
  appender.appendVarchar(event.endpoint);
  if (event.scheme === null) appender.appendNull();
  else appender.appendBoolean(event.scheme);
  appender.appendVarchar(event.method);
  appender.appendVarchar(event.customData);
  time(appender, event.timestamp);
  if (event.statusCode === null) appender.appendNull();
  else appender.appendSmallInt(event.statusCode);
  double(appender, event.latencyMs);
  text(appender, event.route);
  text(appender, event.outcome);
  text(appender, event.userId);
  text(appender, event.userAgent);
  text(appender, event.traceId);
  text(appender, event.spanId);
  text(appender, event.sessionId);
  double(appender, event.sampleRate);
  appender.endRow();
}

function text(appender: DuckDBAppender, value: string | null): void {
  if (value === null) appender.appendNull();
  else appender.appendVarchar(value);
}

function double(appender: DuckDBAppender, value: number | null): void {
  if (value === null) appender.appendNull();
  else appender.appendDouble(value);
}

function time(appender: DuckDBAppender, millis: number | null): void {
  if (millis === null) appender.appendNull();
  else appender.appendTimestampMilliseconds(new DuckDBTimestampMillisecondsValue(BigInt(millis)));
}
