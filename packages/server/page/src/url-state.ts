import { DEFAULT_RANGE, isPreset, type TimeRange } from './time-range.ts';

/** The views, in the order of the navigation; an endpoint is reached from the others. */
const VIEWS = ['overview', 'live', 'metrics', 'sources', 'tokens', 'endpoint'] as const;

/** A view. */
export type View = (typeof VIEWS)[number];

const ENDPOINT_SORTS = ['requests', 'errors', 'p95', 'share'] as const;

/** What the list of endpoints is ordered by. */
export type EndpointSort = (typeof ENDPOINT_SORTS)[number];

/** All that decides what is shown. It is the URL's query, so that a view can be shared, kept and gone back to. */
export interface UrlState {
  readonly view: View;
  readonly range: TimeRange;
  /** Ask again by itself. */
  readonly refresh: boolean;
  /** Only this application. */
  readonly clientId: string | undefined;
  readonly sort: EndpointSort;
  /** The endpoint view's. */
  readonly method: string | undefined;
  readonly endpoint: string | undefined;
  /** The metric that is shown. */
  readonly metric: string | undefined;
  /** The live view's filter. */
  readonly filter: string;
}

const INITIAL_STATE: UrlState = {
  view: 'overview',
  range: DEFAULT_RANGE,
  refresh: true,
  clientId: undefined,
  sort: 'requests',
  method: undefined,
  endpoint: undefined,
  metric: undefined,
  filter: '',
};

/** Reads a query. What makes no sense is as if it were not there: a link that somebody cut still shows something. */
export function parseState(search: string): UrlState {
  const params = new URLSearchParams(search);
  const text = (name: string): string | undefined => params.get(name) ?? undefined;
  const view = VIEWS.find((each) => each === params.get('view')) ?? INITIAL_STATE.view;
  const endpoint = text('endpoint');
  return {
    view: view === 'endpoint' && endpoint === undefined ? INITIAL_STATE.view : view,
    range: parseRange(params),
    refresh: params.get('refresh') !== 'off',
    clientId: text('client_id'),
    sort: ENDPOINT_SORTS.find((each) => each === params.get('sort')) ?? INITIAL_STATE.sort,
    method: text('method'),
    endpoint,
    metric: text('metric'),
    filter: params.get('filter') ?? '',
  };
}

function parseRange(params: URLSearchParams): TimeRange {
  const since = Date.parse(params.get('since') ?? '');
  const until = Date.parse(params.get('until') ?? '');
  if (since < until) return { since, until };
  const preset = params.get('range') ?? '';
  return isPreset(preset) ? { preset } : DEFAULT_RANGE;
}

/** Writes a query, `?` included; what is as it would be anyway is left out, and so is what the view does not use. */
export function formatState(state: UrlState): string {
  const { view, range, refresh, clientId, sort, method, endpoint, metric, filter } = state;
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
  put('method', method, view === 'endpoint');
  put('endpoint', endpoint, view === 'endpoint');
  put('metric', metric, view === 'metrics');
  put('filter', filter, view === 'live' && filter !== '');
  return `?${params.toString()}`;
}
