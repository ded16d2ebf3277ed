import { DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS } from '../../durations.ts';
import { formatTime, parseTime } from '../../event/timestamps.ts';
import { ENDPOINT_ORDERS } from '../../store/questions/analytics.ts';
import type { EndpointKey, TimeRange } from '../../store/questions/analytics-filter.ts';
import { ENDPOINT_WORDS, parseSharedFilter, type SharedFilter } from './share-filter.ts';

/** The views that a link may open. Requests as they arrive, sources and tokens are not among them. */
export const SHARED_VIEWS = ['overview', 'endpoint', 'metrics'] as const;

/** A view that a link may open. */
export type SharedView = (typeof SHARED_VIEWS)[number];

/** Ranges that end now, as the page offers them, milliseconds. */
const RELATIVE_RANGES: ReadonlyMap<string, number> = new Map([
  ['15m', 15 * MINUTE_MILLIS],
  ['1h', HOUR_MILLIS],
  ['24h', DAY_MILLIS],
  ['7d', 7 * DAY_MILLIS],
  ['30d', 30 * DAY_MILLIS],
]);

/** The names of these. */
export const SHARED_RANGES: readonly string[] = [...RELATIVE_RANGES.keys()];
const MAX_TEXT_BYTES = 4096;

/** What the list of endpoints may be ordered by at first. */
export const SHARED_ORDERS: readonly string[] = [...ENDPOINT_ORDERS, 'share'];

/** A range that ends now, by its name, or two instants. */
export type SharedRange = { readonly last: string } | TimeRange;

/** What a link opens, and with it all that it answers for. */
export interface ShareScope {
  readonly view: SharedView;
  readonly range: SharedRange;
  /** The only application; undefined for all. */
  readonly clientId: string | undefined;
  /** Of the endpoint view. */
  readonly endpoint: EndpointKey | undefined;
  /** Only such requests; of the endpoint view, besides its endpoint. */
  readonly filter: SharedFilter;
  /** The only metric of the metrics view; undefined for all. */
  readonly metric: string | undefined;
  /** What the list of endpoints is ordered by at first. */
  readonly sort: string;
}

/** A scope as it is written in the API and in the file: the names are those of the page's address. */
export interface ShareScopeJson {
  readonly view: SharedView;
  readonly range: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly client_id: string | null;
  readonly method: string | null;
  readonly endpoint: string | null;
  readonly filter: SharedFilter;
  readonly metric: string | null;
  readonly sort: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads a scope. @returns the rule that is broken, as text */
export function parseScope(value: Members): ShareScope | string {
  const view = SHARED_VIEWS.find((each) => each === value['view']);
  if (view === undefined) return `\`view\` must be one of ${SHARED_VIEWS.join(', ')}`;
  const range = parseRange(value);
  if (typeof range === 'string') return range;
  const clientId = textOf(value['client_id']);
  const metric = textOf(value['metric']);
  const [method, endpoint] = [textOf(value['method']), textOf(value['endpoint'])];
  if ([clientId, metric, method, endpoint].includes(false))
    return `\`client_id\`, \`method\`, \`endpoint\` and \`metric\` must be texts of 1 to ${MAX_TEXT_BYTES} bytes`;
  const key = method && endpoint ? { method, endpoint } : undefined;
  if (view === 'endpoint' ? key === undefined : method !== undefined || endpoint !== undefined)
    return '`method` and `endpoint` go with the view endpoint, and it needs both';
  const filter = parseSharedFilter(value['filter']);
  if (typeof filter === 'string') return filter;
  if (key !== undefined && ENDPOINT_WORDS.some((word) => filter[word] !== undefined))
    return '`filter` has no `method` and no `endpoint` beside those of the view endpoint';
  if (metric !== undefined && view !== 'metrics') return '`metric` goes with the view metrics';
  const sort = SHARED_ORDERS.find((each) => each === (value['sort'] ?? 'requests'));
  if (sort === undefined) return `\`sort\` must be one of ${SHARED_ORDERS.join(', ')}`;
  return {
    view,
    range,
    clientId: clientId || undefined,
    endpoint: key,
    filter,
    metric: metric || undefined,
    sort,
  };
}

/** Writes a scope; {@link parseScope} reads it. */
export function scopeToJson(scope: ShareScope): ShareScopeJson {
  const { view, range, clientId, endpoint, filter, metric, sort } = scope;
  const isRelative = 'last' in range;
  return {
    view,
    range: isRelative ? range.last : null,
    since: isRelative ? null : formatTime(range.since),
    until: isRelative ? null : formatTime(range.until),
    client_id: clientId ?? null,
    method: endpoint?.method ?? null,
    endpoint: endpoint?.endpoint ?? null,
    filter,
    metric: metric ?? null,
    sort,
  };
}

/** The instants that a range means at a moment, milliseconds since the epoch. */
export function instantsOf(range: SharedRange, now: number): TimeRange {
  if (!('last' in range)) return range;
  return { since: now - (RELATIVE_RANGES.get(range.last) ?? 0), until: now };
}

function parseRange(value: Members): SharedRange | string {
  const { range, since, until } = value;
  if (isMissing(since) && isMissing(until)) {
    const last = range ?? '24h';
    if (typeof last === 'string' && RELATIVE_RANGES.has(last)) return { last };
    return `\`range\` must be one of ${SHARED_RANGES.join(', ')}`;
  }
  const instants = { since: instantOf(since), until: instantOf(until) };
  const isRange = isMissing(range) && instants.since < instants.until;
  return isRange
    ? instants
    : '`since` and `until` must be two times, the one before the other, without a `range`';
}

/** NaN for what is no time. */
function instantOf(value: unknown): number {
  return typeof value === 'string' ? (parseTime(value) ?? Number.NaN) : Number.NaN;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Senders make these names up, so anything may be in them. @returns false for what is none */
function textOf(value: unknown): string | undefined | false {
  if (isMissing(value)) return undefined;
  const isText = typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0');
  return isText && Buffer.byteLength(value) <= MAX_TEXT_BYTES && value;
}
