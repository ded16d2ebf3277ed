import type { ConsumerKind, ConsumerSort } from './answers/consumers.ts';
import { EVERYTHING, isText, parseFilter, type Filter } from './filter/filter.ts';
import { DEFAULT_RANGE, isPreset, isSpan, type TimeRange } from './time-range.ts';

/** The views, in the order of the navigation; an endpoint is reached from the others. */
const VIEWS = [
  'overview',
  'requests',
  'errors',
  'latency',
  'compare',
  'live',
  'consumers',
  'metrics',
  'sources',
  'alerts',
  'tokens',
  'endpoint',
] as const;

/** A view. */
export type View = (typeof VIEWS)[number];

/** They are not about a range of time. */
const WITHOUT_RANGE: ReadonlySet<View> = new Set(['live', 'sources', 'alerts', 'tokens']);

const CHARTED: ReadonlySet<View> = new Set<View>([
  'overview',
  'errors',
  'latency',
  'compare',
  'metrics',
  'endpoint',
]);

const ENDPOINT_SORTS = [
  'requests',
  'errors',
  'error_rate',
  'client_errors',
  'p50',
  'p95',
  'p99',
  'apdex',
  'endpoint',
  'share',
] as const;

/** What the list of endpoints is ordered by. */
export type EndpointSort = (typeof ENDPOINT_SORTS)[number];

const CONSUMER_SORTS: readonly ConsumerSort[] = [
  'requests',
  'errors',
  'error_rate',
  'p95',
  'endpoints',
  'first_seen',
  'last_seen',
];
const CONSUMER_KINDS: readonly ConsumerKind[] = ['consumer', 'group', 'client'];

const REQUEST_ORDERS = ['newest', 'slowest', 'largest'] as const;

/** What comes first among stored requests. */
export type RequestOrder = (typeof REQUEST_ORDERS)[number];

/** A release of an application. */
export interface ReleaseName {
  readonly clientId: string;
  readonly release: string;
}

/** What is looked at beside what is chosen. */
interface Against {
  readonly clientId: string | undefined;
  readonly method: string | undefined;
  readonly endpoint: string | undefined;
  /** Undefined: that of the filter; empty: all of them. */
  readonly release: string | undefined;
  /** As `release`. */
  readonly environment: string | undefined;
}

/** All that decides what is shown. It is the URL's query, so that a view can be shared, kept and gone back to. */
export interface UrlState {
  readonly view: View;
  readonly range: TimeRange;
  /** Ask again by itself. */
  readonly refresh: boolean;
  /** Only this application. */
  readonly clientId: string | undefined;
  readonly sort: EndpointSort;
  /** Of the consumers view: by what requests are told apart, and what that is ordered by. */
  readonly by: ConsumerKind;
  readonly consumerSort: ConsumerSort;
  /** Only such requests. The endpoint view is about the endpoint in it. */
  readonly filter: Filter;
  /**
   * The latency that is fast enough, milliseconds; of Apdex in the latency view, and in the list of endpoints of those that have none of
   * their own. Undefined: that of the endpoint, or {@link DEFAULT_THRESHOLD}.
   */
  readonly threshold: number | undefined;
  /** Of the compare view: the other side. */
  readonly against: Against;
  /** The metric that is shown. */
  readonly metric: string | undefined;
  /** The words that the live view shows requests with. */
  readonly words: string;
  /** Of the requests view. */
  readonly order: RequestOrder;
  /** The metrics that have columns of their own there. */
  readonly columns: readonly string[];
  /** The request that is open there, by the server's number. */
  readonly open: number | undefined;
  /** The release that is looked at closely, below the charts. */
  readonly openRelease: ReleaseName | undefined;
}

/** Of Apdex, milliseconds; the server has the same where it is told of none. */
export const DEFAULT_THRESHOLD = 500;

const INITIAL_STATE: UrlState = {
  view: 'overview',
  range: DEFAULT_RANGE,
  refresh: true,
  clientId: undefined,
  sort: 'requests',
  by: 'consumer',
  consumerSort: 'requests',
  filter: EVERYTHING,
  threshold: undefined,
  against: {
    clientId: undefined,
    method: undefined,
    endpoint: undefined,
    release: undefined,
    environment: undefined,
  },
  metric: undefined,
  words: '',
  order: 'newest',
  columns: [],
  open: undefined,
  openRelease: undefined,
};

/** What is shown after a change. In another view nothing is open, and no release of one application beside another. */
export function moved(state: UrlState, change: Partial<UrlState>): UrlState {
  const { view = state.view, clientId } = change;
  const isElsewhere = view !== state.view;
  const isOfOther = clientId !== undefined && state.openRelease?.clientId !== clientId;
  return {
    ...state,
    ...(isElsewhere && { open: undefined }),
    ...((isElsewhere || isOfOther) && { openRelease: undefined }),
    ...change,
  };
}

/** Reads a query. What makes no sense is as if it were not there: a link that somebody cut still shows something. */
export function parseState(search: string): UrlState {
  const params = new URLSearchParams(search);
  const text = (name: string): string | undefined => params.get(name) ?? undefined;
  // As the server takes them.
  const named = (name: string): string | undefined => (isText(text(name)) ? text(name) : undefined);
  const filter = parseFilter(params);
  const wanted = VIEWS.find((each) => each === params.get('view')) ?? INITIAL_STATE.view;
  const view = wanted === 'endpoint' && filter.endpoint === undefined ? INITIAL_STATE.view : wanted;
  // Two views have a list, each with an order of its own.
  const sortIn = (its: View): string | null => (view === its ? params.get('sort') : null);
  const open = params.get('id') ?? '';
  const [release, application] = [named('open_release'), named('open_release_of')];
  return {
    view,
    range: parseRange(params),
    refresh: params.get('refresh') !== 'off',
    clientId: named('client_id'),
    sort: ENDPOINT_SORTS.find((each) => each === sortIn('overview')) ?? INITIAL_STATE.sort,
    by: CONSUMER_KINDS.find((each) => each === params.get('by')) ?? INITIAL_STATE.by,
    consumerSort: CONSUMER_SORTS.find((each) => each === sortIn('consumers')) ?? INITIAL_STATE.consumerSort,
    filter,
    threshold: thresholdIn(params.get('threshold') ?? ''),
    against: {
      clientId: named('against_client_id'),
      method: text('against_method'),
      endpoint: text('against_endpoint'),
      release: text('against_release'),
      environment: text('against_environment'),
    },
    metric: named('name'),
    words: params.get('words') ?? '',
    order: REQUEST_ORDERS.find((each) => each === params.get('order')) ?? INITIAL_STATE.order,
    columns: [...new Set(params.getAll('column').filter(isText))].slice(0, MAX_COLUMNS),
    open: /^\d{1,15}$/.test(open) ? Number(open) : undefined,
    openRelease: release && application ? { clientId: application, release } : undefined,
  };
}

/** The page offers no more, and a line of a link's thousands would take minutes to draw. */
const MAX_COLUMNS = 50;

function thresholdIn(text: string): number | undefined {
  const millis = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return millis >= 1 && millis <= 3_600_000 ? millis : undefined;
}

function parseRange(params: URLSearchParams): TimeRange {
  const span = { since: instantIn(params.get('since')), until: instantIn(params.get('until')) };
  if (isSpan(span)) return span;
  const preset = params.get('range') ?? '';
  return isPreset(preset) ? { preset } : DEFAULT_RANGE;
}

/** Both of the ways in which the API takes an instant; `NaN` for anything else. */
function instantIn(text: string | null): number {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : Date.parse(text ?? '');
}

/** Whether a view has something over time, on which releases are marked. */
export function isCharted(view: View): boolean {
  return CHARTED.has(view);
}

/** Whether a view is about a range of time. */
export function hasRange(view: View): boolean {
  return !WITHOUT_RANGE.has(view);
}

/** Writes a query, `?` included; what is as it would be anyway is left out, and so is what the view does not use. */
export function formatState(state: UrlState): string {
  const {
    view,
    range,
    refresh,
    clientId,
    sort,
    by,
    consumerSort,
    filter,
    threshold,
    against,
    metric,
    words,
    order,
    columns,
    open,
    openRelease,
  } = state;
  const params = new URLSearchParams();
  const put = (name: string, value: string | undefined, wanted = true): void => {
    if (wanted && value !== undefined) params.set(name, value);
  };
  put('view', view, view !== INITIAL_STATE.view);
  if (!('preset' in range)) {
    put('since', new Date(range.since).toISOString());
    put('until', new Date(range.until).toISOString());
  } else put('range', range.preset, range.preset !== '24h');
  put('client_id', clientId);
  put('refresh', 'off', !refresh);
  put('sort', sort, view === 'overview' && sort !== INITIAL_STATE.sort);
  if (view === 'consumers') {
    put('by', by, by !== INITIAL_STATE.by);
    put('sort', consumerSort, consumerSort !== INITIAL_STATE.consumerSort);
  }
  for (const [name, value] of Object.entries(filter)) put(name, value);
  const hasApdex = view === 'latency' || view === 'overview';
  put('threshold', threshold?.toString(), hasApdex);
  put('against_client_id', against.clientId, view === 'compare');
  put('against_method', against.method, view === 'compare');
  put('against_endpoint', against.endpoint, view === 'compare');
  put('against_release', against.release, view === 'compare');
  put('against_environment', against.environment, view === 'compare');
  put('name', metric, view === 'metrics');
  put('open_release', openRelease?.release, isCharted(view));
  put('open_release_of', openRelease?.clientId, isCharted(view));
  put('words', words, view === 'live' && words !== '');
  if (view === 'requests') {
    put('order', order, order !== INITIAL_STATE.order);
    for (const column of columns) params.append('column', column);
    put('id', open?.toString());
  }
  return `?${params.toString()}`;
}
