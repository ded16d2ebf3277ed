// Whom requests are for, and the busiest clients.
import { hasFailed, iso, latenciesOf, nameOf, partsBy, timeOf, type Exported } from './exported.js';
import { differences, inOrderOf, orderDifferences, type Expected } from './matching.js';
import { latencySpans } from './percentiles.js';
import { before, isBeforeKept, paramsOf, questionOf, type Ask, type Question } from './question.js';

/** What requests can be told apart by, and the member that says it. */
const MEMBERS = { consumer: 'consumer', group: 'consumer_group', client: 'source_ip' } as const;

/** What requests can be told apart by. */
export type By = keyof typeof MEMBERS;

/** A consumer, a group or a client, with all of its requests. */
export interface Consumer {
  readonly value: string;
  readonly events: readonly Exported[];
  readonly label: string | null;
  readonly group: string | null;
  /** Null where the range before was not kept. */
  readonly isNew: boolean | null;
}

/** What was given last. */
function lastOf(events: readonly Exported[], member: 'consumer_label' | 'consumer_group'): string | null {
  // Sorting keeps the order in which events of one time were stored.
  const inTime = events.toSorted((a, b) => timeOf(a) - timeOf(b));
  return inTime.findLast((event) => event[member] !== null)?.[member] ?? null;
}

/** All of them, in the order of their values. */
export function consumersOf(question: Question, by: By): readonly Consumer[] {
  const member = MEMBERS[by];
  const { client_id: application } = question.filter;
  // Of the application, and of nothing else that is chosen.
  const filter = application === undefined ? {} : { client_id: application };
  const earlier = before(questionOf(question.stored, question.range, filter)).events;
  const seen = new Set(earlier.map((event) => event[member]));
  const isKept = isBeforeKept(question);
  const parts = partsBy(
    question.events.filter((event) => event[member] !== null),
    (event) => String(event[member]),
  );
  const found = [...parts].map(([value, events]) => ({
    value,
    events,
    label: by === 'consumer' ? lastOf(events, 'consumer_label') : null,
    group: by === 'consumer' ? lastOf(events, 'consumer_group') : null,
    isNew: isKept ? !seen.has(value) : null,
  }));
  return inOrderOf(found, ({ value }) => value);
}

interface Row {
  readonly value: string;
  readonly requests: number;
  readonly errors: number;
  readonly endpoints: number;
  readonly latency_ms: { readonly p95: number | null };
  readonly first_seen: string;
  readonly last_seen: string;
}

const ORDERS: Readonly<Record<string, (row: Row) => number | null>> = {
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  error_rate: ({ errors, requests }) => errors / requests,
  p95: (row) => row.latency_ms.p95,
  endpoints: ({ endpoints }) => endpoints,
  first_seen: (row) => Date.parse(row.first_seen),
  last_seen: (row) => Date.parse(row.last_seen),
};

/** By what consumers can be ordered. */
export const CONSUMER_SORTS: readonly string[] = Object.keys(ORDERS);

/** What is wrong with `/api/consumers`, of which percentiles of consumers and groups may be estimates, if it says so. */
export async function consumerDifferences(
  ask: Ask,
  question: Question,
  { by, sort, search }: { readonly by: By; readonly sort: string; readonly search: string },
): Promise<readonly string[]> {
  const is = await ask<{ readonly consumers: readonly Row[]; readonly estimated: boolean }>('api/consumers', {
    ...paramsOf(question),
    by,
    sort,
    limit: 200,
    ...(search !== '' && { q: search }),
  });
  const isFound = ({ value, events }: Consumer): boolean => {
    const labels = by === 'consumer' ? events.flatMap(({ consumer_label: label }) => label ?? []) : [];
    return [value, ...labels].some((text) => text.toLowerCase().includes(search.toLowerCase()));
  };
  const found = consumersOf(question, by).filter(isFound);
  const should: Expected = {
    total: found.length,
    new: isBeforeKept(question) ? found.filter(({ isNew }) => isNew).length : null,
    consumers: found.map(({ value, events, label, group, isNew }) => ({
      value,
      label,
      group,
      new: isNew,
      requests: events.length,
      errors: events.filter(hasFailed).length,
      latency_ms: { p95: latencySpans(latenciesOf(events), is.estimated).p95 },
      endpoints: new Set(events.map((event) => `${event.method} ${nameOf(event)}`)).size,
      first_seen: iso(Math.min(...events.map(timeOf))),
      last_seen: iso(Math.max(...events.map(timeOf))),
    })),
  };
  const what = `${by} by ${sort}`;
  const mayBeEstimated = question.isEstimated && by !== 'client';
  return [
    ...(is.estimated && !mayBeEstimated ? [`${what} is estimated`] : []),
    ...differences({ ...is, consumers: inOrderOf(is.consumers, ({ value }) => value) }, should, what),
    ...orderDifferences(is.consumers, ORDERS[sort] ?? (() => null), what),
  ];
}

interface Client {
  readonly source_ip: string;
  readonly requests: number;
}

/** What is wrong with `/api/clients`, of those whose pseudonyms begin so. */
export async function clientDifferences(
  ask: Ask,
  question: Question,
  prefix: string,
): Promise<readonly string[]> {
  const is = await ask<{ readonly clients: readonly Client[] }>('api/clients', {
    ...paramsOf(question),
    limit: 200,
    ...(prefix !== '' && { q: prefix }),
  });
  const clients = consumersOf(question, 'client')
    .filter(({ value }) => value.startsWith(prefix))
    .map(({ value, events }) => ({
      source_ip: value,
      requests: events.length,
      errors: events.filter(hasFailed).length,
      last_seen: iso(Math.max(...events.map(timeOf))),
    }));
  return [
    ...differences(
      { ...is, clients: inOrderOf(is.clients, (client) => client.source_ip) },
      { clients, more: false },
      'clients',
    ),
    ...orderDifferences(is.clients, ({ requests }) => requests, 'clients'),
  ];
}
