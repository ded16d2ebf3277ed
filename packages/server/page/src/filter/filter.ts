/** What requests are chosen by, in the words of the API. */
export const FILTER_NAMES = [
  'method',
  'endpoint',
  'endpoint_contains',
  'path',
  'status',
  'outcome',
  'failed',
  'error_type',
  'source_ip',
  'user_id',
  'session_id',
  'trace_id',
  'synthetic',
  'release',
  'environment',
  'consumer',
  'consumer_group',
  'latency_ms_min',
  'latency_ms_max',
  'metric',
  'metric_equals',
  'metric_min',
  'metric_max',
] as const;

/** A parameter of the filter. */
export type FilterName = (typeof FILTER_NAMES)[number];

/** What is chosen; all of it must hold. */
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

/** What is to be chosen besides; `undefined` takes something back. */
export type FilterChange = Readonly<Partial<Record<FilterName, string | undefined>>>;

/** Nothing is chosen: every request. */
export const EVERYTHING: Filter = {};

/** What a share link may choose by. The others find single people or requests, and the server takes no link with them. */
export const SHAREABLE: readonly FilterName[] = [
  'method',
  'endpoint',
  'endpoint_contains',
  'status',
  'outcome',
  'failed',
  'synthetic',
  'release',
  'environment',
  'latency_ms_min',
  'latency_ms_max',
];

/** What names an endpoint. */
export const ENDPOINT: readonly FilterName[] = ['method', 'endpoint'];

const ANY_TEXT = textOf(2048);
const SEARCHED = textOf(256);
const NUMBER = /^(?=.{1,40}$)-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const RULES: Readonly<Partial<Record<FilterName, RegExp>>> = {
  endpoint_contains: SEARCHED,
  status: /^(?:none|[1-9]xx|\d{1,3})$/,
  outcome: /^(?:completed|aborted|error|none)$/,
  failed: /^(?:true|false)$/,
  source_ip: /^[0-9a-f]{1,64}$/i,
  trace_id: /^[0-9a-f]{32}$/i,
  synthetic: /^(?:bot|test|any|none)$/,
  latency_ms_min: NUMBER,
  latency_ms_max: NUMBER,
  metric_equals: SEARCHED,
  metric_min: NUMBER,
  metric_max: NUMBER,
};
const OF_METRIC = ['metric_equals', 'metric_min', 'metric_max'] as const;

/** Any text of at most so many characters but one with a NUL, which no stored text has. */
function textOf(maxCharacters: number): RegExp {
  return new RegExp(`^[^\\u0000]{1,${maxCharacters}}$`);
}

/** Whether the server takes that; it refuses a question with anything else. */
export function isAcceptable(name: FilterName, value: string): boolean {
  const rule = RULES[name] ?? ANY_TEXT;
  return rule.test(value) && (rule !== NUMBER || Number.isFinite(Number(value)));
}

/** Whether the server takes that as a name. */
export function isText(text: string | undefined): boolean {
  return ANY_TEXT.test(text ?? '');
}

/** Reads what a query chooses. What the server would refuse is left out: a link that somebody cut still shows something. */
export function parseFilter(params: URLSearchParams): Filter {
  const given = FILTER_NAMES.flatMap((name) => {
    const value = params.get(name);
    return value !== null && isAcceptable(name, value) ? [[name, value] as const] : [];
  });
  return withoutLonely(Object.fromEntries(given));
}

/** A filter with a change; what the server would refuse is left out. Another metric takes what was said of the one before with it. */
export function changed(filter: Filter, change: FilterChange): Filter {
  const isOtherMetric = 'metric' in change && change.metric !== filter.metric;
  const kept = isOtherMetric ? without(filter, OF_METRIC) : filter;
  const all = FILTER_NAMES.flatMap((name) => {
    const value = name in change ? change[name] : kept[name];
    return value !== undefined && isAcceptable(name, value) ? [[name, value] as const] : [];
  });
  return withoutLonely(Object.fromEntries(all));
}

/** Chooses an endpoint as lists have it. Where these have all methods together, one that is chosen already stays. */
export function endpointChange(method: string | null, endpoint: string): FilterChange {
  return { endpoint, ...(method !== null && { method }) };
}

/** Chooses what has a metric with this value; `undefined` for a value that cannot be asked for, such as a list. */
export function metricChange(name: string, value: unknown): FilterChange | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isAsked = typeof value !== 'object' && isAcceptable('metric_equals', text);
  return isAsked
    ? { metric: name, metric_equals: text, metric_min: undefined, metric_max: undefined }
    : undefined;
}

/** A filter without some of its parameters. */
export function without(filter: Filter, names: readonly FilterName[]): Filter {
  const left = Object.entries(filter).filter(([name]) => !names.some((each) => each === name));
  return Object.fromEntries(left);
}

/** Whether every request passes. */
export function isEverything(filter: Filter): boolean {
  return Object.keys(filter).length === 0;
}

/** A value without its metric would be refused. */
function withoutLonely(filter: Filter): Filter {
  return filter.metric === undefined ? without(filter, OF_METRIC) : filter;
}
