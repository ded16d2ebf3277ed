import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';

import type { Endpoints } from '../../answers/endpoints.ts';
import { duration, exactCount } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import { DEFAULT_THRESHOLD, type EndpointSort } from '../../url-state.ts';
import { useRead } from '../../hooks/use-read.ts';
import { useSearch } from '../../hooks/use-search.ts';
import { Answered } from '../answered.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { Link } from '../link.tsx';
import { Panel } from '../panel.tsx';
import { SearchField } from '../controls/search-field.tsx';
import { SortedHeader } from '../controls/sorted-header.tsx';
import { ApplicationRow, EndpointTableRow } from './endpoint-row.tsx';
import { groupedRows, type TableRow } from './grouped-rows.ts';
import { ROW_HEIGHT, useWindow } from './use-window.ts';

/** More are found by a search. */
const LIMIT = 2000;

/** Those that are shown at every width; a cell over more would make columns of its own. */
const COLUMNS = 4;

/** All endpoints, by what the reader sorts them by; those of several applications in groups. */
export function EndpointTable(): JSX.Element {
  const { state } = usePage();
  const { search, setSearch, wasUsed } = useSearch();
  const { threshold } = state;
  // Of one whole, the largest share is the most requests.
  const sort = state.sort === 'share' ? 'requests' : state.sort;
  const read = useRead<Endpoints>('api/endpoints', {
    sort,
    q: search || undefined,
    threshold,
    limit: LIMIT,
  });
  const { value } = read;
  const rows = useMemo(() => groupedRows(value?.endpoints ?? []), [value]);
  const { first, shown, host } = useWindow(rows.length);
  const total = value?.total ?? 0;
  const hasOwn = value?.endpoints.some((each) => each.own_threshold) ?? false;
  const rest = total - (value?.endpoints.length ?? 0);
  return (
    <Panel
      title="Endpoints"
      class="flush"
      outdated={read.outdated}
      aside={
        <>
          {value !== undefined && <span class="muted">{exactCount(total)}</span>}
          <CsvButton name="endpoints" rows={value?.endpoints ?? []} />
          {(wasUsed || total > 5) && <SearchField of="endpoints" value={search} onSearch={setSearch} />}
        </>
      }
    >
      <Answered read={read}>
        {() =>
          rows.length === 0 ? (
            <p class="empty-line">No endpoint has this text.</p>
          ) : (
            <>
              <table class="endpoints" aria-label="Endpoints" aria-rowcount={rows.length + 1}>
                <Head />
                <tbody ref={host}>
                  <Space rows={first} />
                  {rows.slice(first, first + shown).map((row, index) => (
                    <Row
                      key={keyOf(row)}
                      row={row}
                      place={first + index}
                      isEstimated={value?.estimated === true}
                      isPart={rest > 0 || search !== ''}
                    />
                  ))}
                  <Space rows={rows.length - first - shown} />
                </tbody>
              </table>
              <p class="rest apdex-note">
                Apdex takes up to{' '}
                <Link to={{ view: 'latency' }}>{duration(threshold ?? DEFAULT_THRESHOLD)}</Link> for fast
                enough
                {hasOwn && ', and where an endpoint has its own threshold, up to that'}.
              </p>
            </>
          )
        }
      </Answered>
      {rest > 0 && <p class="rest">{exactCount(rest)} more endpoints: search for them</p>}
    </Panel>
  );
}

function Head(): JSX.Element {
  return (
    <thead>
      <tr>
        <SortHeader sort="endpoint" class="name">
          Endpoint
        </SortHeader>
        <th scope="col" class="wide trend">
          Trend
        </th>
        <SortHeader sort="requests">Requests</SortHeader>
        <SortHeader sort="share" class="widest">
          Share
        </SortHeader>
        <SortHeader sort="errors" class="wide">
          Errors
        </SortHeader>
        <SortHeader sort="error_rate">Error rate</SortHeader>
        <SortHeader sort="client_errors" class="wide">
          4xx
        </SortHeader>
        <SortHeader sort="p50" class="widest">
          p50
        </SortHeader>
        <SortHeader sort="p95">p95</SortHeader>
        <SortHeader sort="p99" class="widest">
          p99
        </SortHeader>
        <SortHeader sort="apdex" class="widest">
          Apdex
        </SortHeader>
      </tr>
    </thead>
  );
}

function keyOf(row: TableRow): string {
  return row.kind === 'application'
    ? row.clientId
    : JSON.stringify([row.row.client_id, row.row.method, row.row.endpoint]);
}

interface RowProps {
  readonly row: TableRow;
  readonly place: number;
  readonly isEstimated: boolean;
  /** There may be others that are not among the rows. */
  readonly isPart: boolean;
}

function Row({ row, place, isEstimated, isPart }: RowProps): JSX.Element {
  if (row.kind === 'application')
    return <ApplicationRow {...row} isPart={isPart} columns={COLUMNS} place={place} />;
  return <EndpointTableRow row={row.row} place={place} isEstimated={isEstimated} />;
}

/** In the place of rows that are not in sight. */
function Space({ rows }: { readonly rows: number }): JSX.Element | null {
  if (rows <= 0) return null;
  return (
    <tr class="space" aria-hidden="true">
      <td colSpan={COLUMNS} style={{ height: `${rows * ROW_HEIGHT}px` }} />
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
  const isByName = sort === 'endpoint';
  return (
    <SortedHeader
      isSorted={state.sort === sort}
      // The lowest Apdex is the worst.
      isAscending={isByName || sort === 'apdex'}
      class={isByName ? extra : `number ${extra}`}
      onSort={() => go({ sort }, true)}
    >
      {children}
    </SortedHeader>
  );
}
