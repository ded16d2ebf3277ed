import { DuckDBTimestampValue, type DuckDBAppender } from '@duckdb/node-api';

import type { StoredEvent } from '../../../event/event.ts';
import { keyOf } from '../../figures/client-keys.ts';

/** Appends one event, column by column in the order of the `events` table. */
export function appendRow(appender: DuckDBAppender, event: StoredEvent): void {
  const receivedAt = instant(event.receivedAt);
  const timestamp = event.timestamp === null ? null : instant(event.timestamp);
  appender.appendBigInt(BigInt(event.id));
  appender.appendTimestamp(receivedAt);
  // As `eventTime` says.
  appender.appendTimestamp(timestamp ?? receivedAt);
  appender.appendVarchar(event.clientId);
  text(appender, event.sourceIp);
  appender.appendVarchar(event.endpoint);
  if (event.scheme === null) appender.appendNull();
  else appender.appendBoolean(event.scheme);
  appender.appendVarchar(event.method);
  appender.appendVarchar(event.customData);
  if (timestamp === null) appender.appendNull();
  else appender.appendTimestamp(timestamp);
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
  text(appender, event.errorType);
  count(appender, event.requestBodySize);
  count(appender, event.responseBodySize);
  text(appender, event.protocolVersion);
  text(appender, event.syntheticType);
  text(appender, event.release);
  text(appender, event.environment);
  text(appender, event.consumer);
  text(appender, event.consumerGroup);
  text(appender, event.consumerLabel);
  text(appender, event.pathGroup);
  if (event.sourceIp === null) appender.appendNull();
  else appender.appendUBigInt(keyOf(event.sourceIp));
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

function count(appender: DuckDBAppender, value: number | null): void {
  if (value === null) appender.appendNull();
  else appender.appendBigInt(BigInt(value));
}

/** In microseconds: for a value in milliseconds the library makes a native object, which DuckDB then casts all the same. */
export function instant(millis: number): DuckDBTimestampValue {
  return new DuckDBTimestampValue(BigInt(millis) * 1000n);
}
