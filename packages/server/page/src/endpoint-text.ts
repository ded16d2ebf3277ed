import type { StoredEvent } from './answers/events.ts';
import type { Filter } from './filter/filter.ts';

/** Under what the server lists what has no route, and more templates than an application may have. */
const BUCKETS: ReadonlySet<string> = new Set(['(no route)', '(other)']);

/** How the name of an endpoint is to be shown. */
interface NameParts {
  readonly name: string;
  /** The server made it up from paths. */
  readonly isInferred: boolean;
  /** It has many paths. */
  readonly isBucket: boolean;
}

/** Reads the name of an endpoint. */
export function nameParts(endpoint: string): NameParts {
  const isInferred = endpoint.startsWith('~/');
  return {
    name: isInferred ? endpoint.slice(1) : endpoint,
    isInferred,
    isBucket: BUCKETS.has(endpoint),
  };
}

/** What one request asked for; where its path was not sent, what it is listed as. */
export function requestText({ endpoint, route, path_group: listedAs }: StoredEvent): string {
  return endpoint || route || listedAs || '';
}

/** The endpoint that a filter is about, such as `GET /users/:id`. */
export function endpointText({ method = '', endpoint = '' }: Filter): string {
  return `${method} ${nameParts(endpoint).name}`.trim();
}
