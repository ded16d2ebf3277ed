import type { SharedView } from '../answers/shares.ts';
import { parseState, type UrlState } from '../url-state.ts';

/** What a link shows, as if it were in the address of the page. */
export function sharedState(share: SharedView): UrlState {
  const { view, range, since, until, client_id, method, endpoint, filter, metric, sort } = share;
  const params = new URLSearchParams();
  const members = { view, range, since, until, client_id, method, endpoint, name: metric, sort };
  for (const [name, value] of Object.entries(members)) if (value !== null) params.set(name, value);
  for (const [word, value] of Object.entries(filter)) params.set(word, value);
  return parseState(params.toString());
}

/** What a reader may change of it: the order of a list, and which of several metrics they look at. */
export type Choice = Pick<UrlState, 'sort' | 'metric'>;

/** Whether a change is one that the link leaves to its reader. */
export function isChoice(share: SharedView, change: Partial<UrlState>): boolean {
  const mayChoose = {
    sort: share.view === 'overview',
    metric: share.view === 'metrics' && share.metric === null,
  };
  return Object.keys(change).every((name) => (name === 'sort' || name === 'metric') && mayChoose[name]);
}
