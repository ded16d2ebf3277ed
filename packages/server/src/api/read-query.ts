import { OUTCOMES, type Outcome } from '../event/event.ts';
import { parseTime } from '../event/timestamps.ts';
import { parseBucket } from '../store/figures/bucket-width.ts';
import type { EventFilter, EventQuery, SummaryQuery } from '../store/event-query.ts';
import { parseCursor } from './cursor.ts';

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
    limit: readLimit(params, DEFAULT_LIMIT, MAX_LIMIT),
    endpoint: params.get('endpoint') ?? undefined,
    method: params.get('method') ?? undefined,
    status: read(params, 'status', parseStatus, 'a status code such as 404, or a class such as 4xx'),
    outcome: read(params, 'outcome', parseOutcome, `one of ${OUTCOMES.join(', ')}`),
    after: read(params, 'cursor', parseCursor, 'the `next` of an earlier answer'),
  }));
}

/** Reads the parameters of `GET /api/summary`. */
export function parseSummaryQuery(params: URLSearchParams): ParsedQuery<SummaryQuery> {
  return attempt(() => ({
    ...filterOf(params),
    bucketMillis: read(params, 'bucket', parseBucket, BUCKET_RULE),
  }));
}

class ParameterError extends Error {}

/** Runs a reader of parameters; the first that is wrong makes it a failure. */
export function attempt<T>(build: () => T): ParsedQuery<T> {
  try {
    return { ok: true, query: build() };
  } catch (error) {
    if (error instanceof ParameterError) return { ok: false, error: error.message };
    throw error;
  }
}

/** Reads what all questions can ask for. Only within {@link attempt}. */
export function filterOf(params: URLSearchParams): EventFilter {
  const since = read(params, 'since', parseTime, TIME_RULE);
  const until = read(params, 'until', parseTime, TIME_RULE);
  return { since, until, clientId: params.get('client_id') ?? undefined };
}

/** What `bucket` takes. */
export const BUCKET_RULE = 'a width such as 30s, 5m, 1h or 1d, at most 366d';

/** What `since` and `until` take. */
export const TIME_RULE = 'an RFC 3339 time or milliseconds since the epoch';

/** Reads one parameter. @returns `undefined` where it is not given. Only within {@link attempt}. */
export function read<T>(
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

/** Reads `limit`. Only within {@link attempt}. */
export function readLimit(params: URLSearchParams, fallback: number, max: number): number {
  const parse = (text: string): number | undefined => {
    const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    return limit >= 1 && limit <= max ? limit : undefined;
  };
  return read(params, 'limit', parse, `an integer from 1 to ${max}`) ?? fallback;
}

const MAX_SEARCH_CHARACTERS = 256;

/** Reads `q`, a part of what is searched for; nothing is as if it were not given. Only within {@link attempt}. */
export function readSearch(params: URLSearchParams): string | undefined {
  const parse = (text: string): string | undefined =>
    text.length <= MAX_SEARCH_CHARACTERS ? text : undefined;
  return read(params, 'q', parse, `at most ${MAX_SEARCH_CHARACTERS} characters`) || undefined;
}

/** A status code, or a class such as `4xx`. */
function parseStatus(text: string): EventQuery['status'] {
  if (/^[1-9]xx$/.test(text)) return { from: Number(text[0]) * 100, to: Number(text[0]) * 100 + 99 };
  return /^\d{3}$/.test(text) ? { from: Number(text), to: Number(text) } : undefined;
}

function parseOutcome(text: string): Outcome | undefined {
  return OUTCOMES.find((outcome) => outcome === text);
}
