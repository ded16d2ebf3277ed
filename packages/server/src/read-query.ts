import { parseBucket } from './bucket-width.ts';
import { parseCursor } from './cursor.ts';
import type { EventFilter, EventQuery, SummaryQuery } from './store.ts';
import { parseTime } from './timestamps.ts';

/** A query, or which parameter is wrong and why. */
export type ParsedQuery<T> =
  | { readonly ok: true; readonly query: T }
  | { readonly ok: false; readonly error: string };

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** Reads the parameters of `GET /api/events`. */
export function parseEventQuery(params: URLSearchParams): ParsedQuery<EventQuery> {
  return attempt(() => ({
    ...filterOf(params),
    limit: read(params, 'limit', parseLimit, `an integer from 1 to ${MAX_LIMIT}`) ?? DEFAULT_LIMIT,
    endpoint: params.get('endpoint') ?? undefined,
    after: read(params, 'cursor', parseCursor, 'the `next` of an earlier answer'),
  }));
}

/** Reads the parameters of `GET /api/summary`. */
export function parseSummaryQuery(params: URLSearchParams): ParsedQuery<SummaryQuery> {
  return attempt(() => ({
    ...filterOf(params),
    bucketMillis: read(params, 'bucket', parseBucket, 'a width such as 30s, 5m, 1h or 1d, at most 366d'),
  }));
}

class ParameterError extends Error {}

function attempt<T>(build: () => T): ParsedQuery<T> {
  try {
    return { ok: true, query: build() };
  } catch (error) {
    if (error instanceof ParameterError) return { ok: false, error: error.message };
    throw error;
  }
}

function filterOf(params: URLSearchParams): EventFilter {
  const since = read(params, 'since', parseTime, TIME_RULE);
  const until = read(params, 'until', parseTime, TIME_RULE);
  return { since, until, clientId: params.get('client_id') ?? undefined };
}

const TIME_RULE = 'an RFC 3339 time or milliseconds since the epoch';

function read<T>(
  params: URLSearchParams,
  name: string,
  parse: (text: string) => T | undefined,
  rule: string,
): T | undefined {
  const text = params.get(name);
  if (text === null) return undefined;
  const value = parse(text);
  if (value === undefined) throw new ParameterError(`\`${name}\` must be ${rule}`);
  return value;
}

function parseLimit(text: string): number | undefined {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : undefined;
}
