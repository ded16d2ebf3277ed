// Single requests, a page after the other.
import { timeOf, type Exported } from './exported.js';
import { paramsOf, type Ask, type Question } from './question.js';

/** What is first; those without it are left out. */
const ORDERS: Readonly<Record<string, (event: Exported) => number | null>> = {
  newest: timeOf,
  oldest: (event) => -timeOf(event),
  slowest: (event) => event.latency_ms,
  largest: ({ request_body_size: request, response_body_size: response }) =>
    request === null && response === null ? null : (request ?? 0) + (response ?? 0),
};

/** In what order requests can be read. */
export const REQUEST_ORDERS: readonly string[] = Object.keys(ORDERS);

/** The events of a question in an order; of those that are equal in it, what was stored last is first. */
export function requestsOf({ events }: Question, order: string): readonly Exported[] {
  const valueOf = ORDERS[order] ?? (() => null);
  return events
    .filter((event) => valueOf(event) !== null)
    .toReversed()
    .toSorted((a, b) => (valueOf(b) ?? 0) - (valueOf(a) ?? 0));
}

interface Page {
  readonly events: readonly (Partial<Exported> & { readonly id: number })[];
  readonly next: string | null;
}

/** What is wrong with `/api/events`, read to its end. */
export async function requestDifferences(
  ask: Ask,
  question: Question,
  order: string,
  limit: number,
): Promise<readonly string[]> {
  const read: Partial<Exported>[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: Page = await ask('api/events', {
      ...paramsOf(question),
      order,
      limit,
      ...(next !== '' && { cursor: next }),
    });
    for (const { id: _id, ...event } of page.events) read.push(event);
    next = page.next;
  }
  const valueOf = ORDERS[order] ?? (() => null);
  const should = requestsOf(question, order);
  const place = should.findIndex(
    (event, index) => valueOf({ ...NOTHING, ...read[index] } as Exported) !== valueOf(event),
  );
  const [have, want] = [read.map(textOf), should.map(textOf)].map((texts) => new Set(texts));
  return [
    ...(read.length === should.length ? [] : [`requests, ${order}: ${read.length}, not ${should.length}`]),
    ...(place === -1 ? [] : [`requests, ${order}: the one in place ${place} is another`]),
    ...[...(want ?? [])]
      .filter((text) => have?.has(text) !== true)
      .map((text) => `requests: ${text} is not there`),
  ];
}

const NOTHING = {
  timestamp: null,
  status_code: null,
  latency_ms: null,
  request_body_size: null,
  response_body_size: null,
};

/** An event as JSON, the same whether a member without a value is null or not there; a name that is the path is none. */
function textOf(event: Partial<Exported>): string {
  const { path_group: group, ...members } = event;
  const all = { ...members, path_group: group === event.endpoint ? null : group };
  const given = Object.entries(all).filter(([, value]) => value !== null && value !== undefined);
  return JSON.stringify(Object.fromEntries(given.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
