import type { DuckDBAppender } from '@duckdb/node-api';

import type { StoredEvent } from '../../../event/event.ts';
import { countByMinute, type MinuteCounts } from '../../figures/minute-counts.ts';
import { instant } from './row.ts';

/** Appenders of `minute_requests` and `minute_latencies`. */
export interface MinuteAppenders {
  readonly requests: DuckDBAppender;
  readonly latencies: DuckDBAppender;
}

/** Appends what events add to their minutes, column by column in the order that `createSql` gives the tables. */
export function appendMinuteRows(
  { requests, latencies }: MinuteAppenders,
  events: readonly StoredEvent[],
): void {
  for (const counts of countByMinute(events)) {
    for (const [outcome, byStatus] of counts.requests) {
      for (const [statusCode, count] of byStatus) {
        appendKeys(requests, counts);
        requests.appendSmallInt(statusCode ?? -1);
        requests.appendVarchar(outcome ?? '');
        requests.appendBigInt(BigInt(count));
        requests.endRow();
      }
    }
    for (const [bucket, count] of counts.latencies) {
      appendKeys(latencies, counts);
      latencies.appendSmallInt(bucket);
      latencies.appendBigInt(BigInt(count));
      latencies.endRow();
    }
  }
}

function appendKeys(appender: DuckDBAppender, counts: MinuteCounts): void {
  appender.appendTimestamp(instant(counts.start));
  appender.appendVarchar(counts.clientId);
  appender.appendVarchar(counts.method);
  appender.appendVarchar(counts.endpoint);
  appender.appendVarchar(counts.release);
  appender.appendVarchar(counts.environment);
  appender.appendVarchar(counts.synthetic);
}
