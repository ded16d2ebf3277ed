// Overview, an endpoint, each side of a comparison: all are one question.
import { hasFailed, iso, latenciesOf, partsBy, statusClass, timeOf, type Exported } from './exported.js';
import { differences, inOrderOf, orderDifferences, Span, type Expected } from './matching.js';
import { latencySpans } from './percentiles.js';
import { before, isBeforeKept, paramsOf, type Ask, type Question } from './question.js';

/** Fewer requests in the range before are nothing to compare with. */
const MIN_COMPARED = 100;
/** Of the number of clients: five times its standard error, and one more where there are few. */
const CLIENTS_OFF = 0.08;

/** Distinct clients. */
export function clientsOf(events: readonly Exported[]): number {
  return new Set(events.flatMap(({ source_ip: client }) => client ?? [])).size;
}

function totals({ events, isEstimated, areClientsEstimated }: Question): Expected {
  const clients = clientsOf(events);
  return {
    requests: events.length,
    errors: events.filter(hasFailed).length,
    clients: areClientsEstimated ? Span.around(clients, 1 + clients * CLIENTS_OFF) : clients,
    latency_ms: latencySpans(latenciesOf(events), isEstimated),
  };
}

/** Why there is nothing to compare with. */
function whyNotCompared(question: Question): 'not_kept' | 'few_requests' | null {
  if (!isBeforeKept(question)) return 'not_kept';
  return before(question).events.length < MIN_COMPARED ? 'few_requests' : null;
}

function byStatus(events: readonly Exported[]): Expected {
  const count = (name: string): number => events.filter((event) => statusClass(event) === name).length;
  return Object.fromEntries(['2xx', '3xx', '4xx', '5xx', 'none'].map((name) => [name, count(name)]));
}

/** The starts of all buckets that a range touches. */
export function bucketsOf({ range: { since, until } }: Question, width: number): readonly number[] {
  const starts = [];
  for (let start = since - (since % width); start < until; start += width) starts.push(start);
  return starts;
}

/** The events of each bucket. */
export function inBuckets(question: Question, width: number): readonly (readonly Exported[])[] {
  const parts = partsBy(question.events, (event) => String(timeOf(event) - (timeOf(event) % width)));
  return bucketsOf(question, width).map((start) => parts.get(String(start)) ?? []);
}

/** How often each value comes. */
export function counted<T>(
  events: readonly Exported[],
  valueOf: (event: Exported) => T,
): readonly [T, number][] {
  const counts = new Map<T, number>();
  for (const event of events) counts.set(valueOf(event), (counts.get(valueOf(event)) ?? 0) + 1);
  return [...counts];
}

interface Bin {
  readonly from: number;
  readonly to: number;
}

/** What bins hold that begin and end so: above `from`, in the first one from it on, up to `to`. */
export function binCounts(bins: readonly Bin[], values: readonly number[]): readonly number[] {
  return bins.map(
    ({ from, to }, index) =>
      values.filter((value) => (index === 0 ? value >= from : value > from) && value <= to).length,
  );
}

/** Whether bins leave a gap, or values out. */
export function binDifferences(
  bins: readonly Bin[],
  values: readonly number[],
  what: string,
): readonly string[] {
  const held = binCounts(bins, values).reduce((sum, count) => sum + count, 0);
  return [
    ...bins.flatMap(({ from }, index) =>
      index > 0 && bins[index - 1]?.to !== from ? [`${what}[${index}] begins where none ends`] : [],
    ),
    ...(held === values.length ? [] : [`${what} are of ${held} values, not of ${values.length}`]),
  ];
}

interface Overview {
  readonly bucket_millis: number;
  readonly series: readonly unknown[];
  readonly histogram: readonly Bin[];
  readonly methods: readonly { readonly method: string; readonly requests: number }[];
  readonly outcomes: readonly { readonly outcome: string | null; readonly requests: number }[];
  readonly status_codes: readonly { readonly status_code: number | null; readonly requests: number }[];
}

/** What is wrong with `/api/overview`. */
export async function overviewDifferences(ask: Ask, question: Question): Promise<readonly string[]> {
  const { events, isEstimated } = question;
  const is = await ask<Overview>('api/overview', paramsOf(question));
  const width = is.bucket_millis;
  const why = whyNotCompared(question);
  const latencies = latenciesOf(events);
  const should: Expected = {
    estimated: isEstimated,
    totals: totals(question),
    previous: why === null ? totals(before(question)) : null,
    not_compared: why,
    series: inBuckets(question, width).map((part, index) => ({
      start: iso(bucketsOf(question, width)[index] ?? 0),
      requests: part.length,
      errors: part.filter(hasFailed).length,
      by_status: byStatus(part),
      latency_ms: latencySpans(latenciesOf(part), isEstimated),
    })),
    histogram: binCounts(is.histogram, latencies).map((requests) => ({ requests })),
    methods: inOrderOf(
      counted(events, ({ method }) => method).map(([method, requests]) => ({ method, requests })),
      JSON.stringify,
    ),
    outcomes: inOrderOf(
      counted(events, ({ outcome }) => outcome).map(([outcome, requests]) => ({ outcome, requests })),
      JSON.stringify,
    ),
    status_codes: inOrderOf(
      counted(events, (event) => event.status_code).map(([code, requests]) => ({
        status_code: code,
        requests,
      })),
      JSON.stringify,
    ),
  };
  const sorted = {
    ...is,
    methods: inOrderOf(is.methods, JSON.stringify),
    outcomes: inOrderOf(is.outcomes, JSON.stringify),
    status_codes: inOrderOf(is.status_codes, JSON.stringify),
  };
  return [
    ...differences(sorted, should, 'overview'),
    ...(is.series.length <= 120 ? [] : [`overview has ${is.series.length} buckets`]),
    ...binDifferences(is.histogram, latencies, 'overview.histogram'),
    ...orderDifferences(is.methods, ({ requests }) => requests, 'overview.methods'),
    ...orderDifferences(is.outcomes, ({ requests }) => requests, 'overview.outcomes'),
    ...orderDifferences(is.status_codes, ({ requests }) => requests, 'overview.status_codes'),
  ];
}

interface Summary {
  readonly endpoints: readonly {
    readonly method: string;
    readonly endpoint: string;
    readonly requests: number;
  }[];
}

/** What is wrong with `/api/summary`, which is never estimated. */
export async function summaryDifferences(
  ask: Ask,
  question: Question,
  nameOf: (event: Exported) => string,
): Promise<readonly string[]> {
  const { events } = question;
  const hour = 3_600_000;
  const is = await ask<Summary>('api/summary', { ...paramsOf(question), bucket: '1h' });
  const named = partsBy(events, (event) => JSON.stringify([event.method, nameOf(event)]));
  const should: Expected = {
    ...(totals({ ...question, isEstimated: false, areClientsEstimated: false }) as {
      readonly [name: string]: Expected;
    }),
    buckets: inBuckets(question, hour).flatMap((part, index) =>
      part.length === 0
        ? []
        : [
            {
              start: iso(bucketsOf(question, hour)[index] ?? 0),
              requests: part.length,
              errors: part.filter(hasFailed).length,
            },
          ],
    ),
    endpoints: inOrderOf([...named], ([key]) => key).map(([key, part]) => ({
      method: (JSON.parse(key) as string[])[0] ?? '',
      endpoint: (JSON.parse(key) as string[])[1] ?? '',
      requests: part.length,
      errors: part.filter(hasFailed).length,
      p95: latencySpans(latenciesOf(part), false).p95,
    })),
  };
  const endpoints = inOrderOf(is.endpoints, ({ method, endpoint }) => JSON.stringify([method, endpoint]));
  return [
    ...differences({ ...is, endpoints }, should, 'summary'),
    ...orderDifferences(is.endpoints, ({ requests }) => requests, 'summary.endpoints'),
  ];
}
