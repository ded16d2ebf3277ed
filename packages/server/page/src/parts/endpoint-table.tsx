import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { EndpointRow, Endpoints } from '../api-types.ts';
import { count, duration, exactCount, share } from '../format.ts';
import { numberText, type FilterChange } from '../filter/filter.ts';
import { useNarrowing, usePage } from '../page-context.ts';
import type { EndpointSort, RequestOrder, UrlState } from '../url-state.ts';
import { useRead } from '../use-read.ts';
import { EndpointName } from './endpoint-name.tsx';
import { Link } from './link.tsx';
import { Panel } from './panel.tsx';
import { SearchField } from './search-field.tsx';
import { Sparkline } from './charts/sparkline.tsx';

const LIMIT = 20;

/** The endpoints, by what the reader sorts them by. */
export function EndpointTable(): JSX.Element {
  const { state } = usePage();
  const [search, setSearch] = useState('');
  // Of one whole, the largest share is the most requests.
  const sort = state.sort === 'share' ? 'requests' : state.sort;
  const { value, outdated } = useRead<Endpoints>('api/endpoints', {
    sort,
    q: search || undefined,
    limit: LIMIT,
  });
  const rows = value?.endpoints ?? [];
  const rest = (value?.total ?? 0) - rows.length;
  return (
    <Panel
      title="Endpoints"
      class="flush"
      outdated={outdated}
      aside={
        (search !== '' || rest > 0) && <SearchField of="endpoints" value={search} onSearch={setSearch} />
      }
    >
      <table class="endpoints">
        <thead>
          <tr>
            <th scope="col">Endpoint</th>
            <th scope="col" class="wide">
              Trend
            </th>
            <SortHeader sort="requests">Requests</SortHeader>
            <SortHeader sort="share" class="wide">
              Share
            </SortHeader>
            <SortHeader sort="errors">Errors</SortHeader>
            <th scope="col" class="number wide">
              p50
            </th>
            <SortHeader sort="p95">p95</SortHeader>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={`${row.method} ${row.endpoint}`} row={row} />
          ))}
        </tbody>
      </table>
      {rest > 0 && <p class="rest">{exactCount(rest)} more endpoints</p>}
    </Panel>
  );
}

function Row({ row }: { readonly row: EndpointRow }): JSX.Element {
  const { to } = useNarrowing();
  const { method, endpoint, latency_ms: latency } = row;
  const requests = (change: FilterChange, order: RequestOrder = 'newest'): Partial<UrlState> =>
    to({ method, endpoint, ...change }, { view: 'requests', order });
  return (
    <tr>
      <th scope="row">
        <EndpointName method={row.method} endpoint={row.endpoint} />
      </th>
      <td class="wide">
        <Sparkline values={row.sparkline} />
      </td>
      <td class="number" title={exactCount(row.requests)}>
        <Link to={requests({})}>{count(row.requests)}</Link>
      </td>
      <td class="number wide">{share(row.share, 1)}</td>
      <td class={row.errors > 0 ? 'number bad' : 'number none'} title={share(row.errors, row.requests)}>
        {row.errors === 0 ? 0 : <Link to={requests({ failed: 'true' })}>{count(row.errors)}</Link>}
      </td>
      <td class="number wide">{duration(latency.p50)}</td>
      <td class="number">
        {latency.p95 === null ? (
          duration(null)
        ) : (
          <Link to={requests({ latency_ms_min: numberText(latency.p95) }, 'slowest')}>
            {duration(latency.p95)}
          </Link>
        )}
      </td>
    </tr>
  );
}

interface SortHeaderProps {
  readonly sort: EndpointSort;
  readonly class?: string;
  readonly children: ComponentChildren;
}

function SortHeader({ sort, class: extra = '', children }: SortHeaderProps): JSX.Element {
  const { state, go } = usePage();
  const isSorted = state.sort === sort;
  return (
    <th scope="col" class={`number ${extra}`} aria-sort={isSorted ? 'descending' : undefined}>
      <button type="button" class="sort" onClick={() => go({ sort }, true)}>
        {children}
        <span aria-hidden="true">{isSorted ? ' ↓' : ''}</span>
      </button>
    </th>
  );
}
