import type { Filter } from './filter/filter.ts';

/** The endpoint that a filter is about, such as `GET /users/:id`. */
export function endpointText({ method = '', endpoint = '' }: Filter): string {
  return `${method} ${endpoint}`.trim();
}
