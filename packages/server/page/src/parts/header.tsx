import type { JSX } from 'preact';

import type { Sources } from '../answers/senders.ts';
import { ENDPOINT, EVERYTHING, without } from '../filter/filter.ts';
import { exactCount } from '../format.ts';
import { usePage } from '../page-context.ts';
import { useRead } from '../hooks/use-read.ts';
import type { useTheme } from '../hooks/use-theme.ts';
import { hasRange, type UrlState, type View } from '../url-state.ts';
import { ShareButton } from './access/share-button.tsx';
import { FilterBar } from './filter/filter-bar.tsx';
import { Link } from './link.tsx';
import { Mark } from './mark.tsx';
import { Keys } from './palette/keys.tsx';
import { RangePicker } from './range-picker.tsx';
import { ThemeButton } from './controls/theme-button.tsx';

const NAVIGATION: readonly (readonly [View, string])[] = [
  ['overview', 'Overview'],
  ['requests', 'Requests'],
  ['errors', 'Errors'],
  ['latency', 'Latency'],
  ['live', 'Live'],
  ['consumers', 'Consumers'],
  ['metrics', 'Metrics'],
  ['sources', 'Sources'],
];

interface HeaderProps {
  readonly theme: ReturnType<typeof useTheme>;
  /** Undefined where nobody has to sign in. */
  readonly onSignOut: (() => void) | undefined;
}

/** Where one is, and what is looked at. */
export function Header({ theme, onSignOut }: HeaderProps): JSX.Element {
  const { state, session, link } = usePage();
  const views: typeof NAVIGATION =
    session?.admin === true ? [...NAVIGATION, ['alerts', 'Alerts'], ['tokens', 'Tokens']] : NAVIGATION;
  const current = state.view === 'endpoint' ? 'overview' : state.view;
  // From an endpoint, the overview is one step up.
  const up = (view: View): Partial<UrlState> =>
    state.view === 'endpoint' && view === 'overview' ? { filter: without(state.filter, ENDPOINT) } : {};
  return (
    <header class="top">
      <div class="bar">
        <Link class="wordmark" to={{ view: 'overview', filter: EVERYTHING, open: undefined }}>
          <Mark />
          Cerberus
        </Link>
        <nav aria-label="Views">
          {views.map(([view, name]) => (
            <Link key={view} to={{ view, ...up(view) }} current={view === current}>
              {name}
            </Link>
          ))}
        </nav>
        <span class="end">
          <Keys views={[...views, ['compare', 'Compare']]} />
          <ThemeButton {...theme} />
          {onSignOut !== undefined && (
            <button type="button" class="quiet" onClick={onSignOut}>
              Sign out
            </button>
          )}
        </span>
      </div>
      <div class="bar controls">
        {state.view !== 'tokens' && <ClientSwitcher />}
        {hasRange(state.view) && <RangePicker />}
        {session?.admin === true && <ShareButton key={link({})} />}
      </div>
      {state.view !== 'sources' && state.view !== 'tokens' && <FilterBar key={state.view} />}
    </header>
  );
}

/** Only where there is something to choose between. */
function ClientSwitcher(): JSX.Element | null {
  const { state, go } = usePage();
  const { value: sources } = useRead<Sources>('api/sources', { limit: 1 });
  const ids = sources?.client_ids ?? [];
  const rest = (sources?.client_ids_total ?? 0) - ids.length;
  const all = state.clientId === undefined || ids.includes(state.clientId) ? ids : [state.clientId, ...ids];
  if (all.length < 2 && state.clientId === undefined) return null;
  return (
    <label class="field">
      <span>Application</span>
      <select
        value={state.clientId ?? ''}
        onChange={({ currentTarget: { value } }) => go({ clientId: value === '' ? undefined : value })}
      >
        <option value="">All</option>
        {all.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
        {rest > 0 && <option disabled>{exactCount(rest)} more: see Sources</option>}
      </select>
    </label>
  );
}
