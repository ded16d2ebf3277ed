import type { Summary, SummaryBucket, SummaryEndpoint } from '../questions/event-query.ts';
import { maybe, number, text, type Row } from './values.ts';

/** What a summary is put together from. */
interface SummaryParts extends Pick<Summary, 'bucketMillis' | 'latency'> {
  /** Columns `requests`, `errors` and `clients`. */
  readonly totals: Row;
  /** Columns `start`, `requests` and `errors`. */
  readonly buckets: readonly Row[];
  /** Columns `method`, `path`, `requests`, `errors` and `p95`. */
  readonly endpoints: readonly Row[];
}

/** Puts a summary together. */
export function toSummary({ totals, bucketMillis, latency, buckets, endpoints }: SummaryParts): Summary {
  return {
    requests: number(totals['requests']),
    errors: number(totals['errors']),
    clients: number(totals['clients']),
    latency,
    bucketMillis,
    buckets: buckets.map(toBucket),
    endpoints: endpoints.map(toEndpoint),
  };
}

function toBucket(row: Row): SummaryBucket {
  return { start: number(row['start']), requests: number(row['requests']), errors: number(row['errors']) };
}

function toEndpoint(row: Row): SummaryEndpoint {
  return {
    method: text(row['method']),
    endpoint: text(row['path']),
    requests: number(row['requests']),
    errors: number(row['errors']),
    p95: maybe(row['p95']),
  };
}
