import { FILTER_NAMES } from './filter/filter.ts';

/** Parameters of a request; what is undefined is left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

/** Of what is chosen for the whole page, what a question takes that is not about requests in a range; the server refuses the rest. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  'api/events/detail': [],
  'api/sources': ['client_id'],
  'api/nodes': [],
  'api/releases': ['client_id', 'since', 'until'],
  'api/tokens': [],
  'api/alerts': [],
  'api/alerts/log': [],
  'api/shares': [],
};

/** Parameters of a question: its own, and what it takes of those that are chosen for the whole page. */
export function withScope(path: string, own: Params, scope: Params): Params {
  const taken = TAKEN[path];
  const chosen = Object.entries(scope).filter(([name]) => taken === undefined || taken.includes(name));
  return { ...own, ...Object.fromEntries(chosen) };
}

const OF_THE_LINK: ReadonlySet<string> = new Set([...FILTER_NAMES, 'client_id', 'since', 'until']);

/** What is left to ask with a share link: what it is about, the server knows. */
export function withoutScope(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !OF_THE_LINK.has(name)));
}

/** A path of the API with parameters. */
export function apiUrl(path: string, params: Params): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
