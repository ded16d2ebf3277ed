import type { JSX } from 'preact';

import type { EndpointRow } from '../../answers/endpoints.ts';
import { count, decimal, duration, exactCount, share } from '../../format.ts';
import { endpointChange, type FilterChange } from '../../filter/filter.ts';
import { slowerThan } from '../../filter/number-range.ts';
import { useNarrowing } from '../../page-context.ts';
import type { RequestOrder, UrlState } from '../../url-state.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import { EndpointName } from '../endpoint-name.tsx';
import { Link } from '../link.tsx';

interface EndpointTableRowProps {
  readonly row: EndpointRow;
  /** Among all rows, those out of sight too. */
  readonly place: number;
  /** Its percentiles are estimates. */
  readonly isEstimated: boolean;
}

/** An endpoint and its figures, each a way to the requests behind it. */
export function EndpointTableRow({ row, place, isEstimated }: EndpointTableRowProps): JSX.Element {
  const { to } = useNarrowing();
  const { client_id: clientId, method, endpoint, latency_ms: latency } = row;
  const requests = (change: FilterChange, order: RequestOrder = 'newest'): Partial<UrlState> =>
    to({ ...endpointChange(method, endpoint), ...change }, { view: 'requests', order, clientId });
  const spread = to(endpointChange(method, endpoint), { view: 'latency', clientId });
  return (
    <tr aria-rowindex={place + 2}>
      <th scope="row">
        <EndpointName method={method} endpoint={endpoint} clientId={clientId} />
      </th>
      <td class="wide">
        <Sparkline values={row.sparkline} clientId={clientId} />
      </td>
      <td class="number" title={exactCount(row.requests)}>
        <Link to={requests({})}>{count(row.requests)}</Link>
      </td>
      <td class="number widest">{share(row.share, 1)}</td>
      <td class={row.errors > 0 ? 'number bad wide' : 'number none wide'}>
        {row.errors === 0 ? 0 : <Link to={requests({ failed: 'true' })}>{count(row.errors)}</Link>}
      </td>
      <td class={row.errors > 0 ? 'number bad' : 'number none'} title={exactCount(row.errors)}>
        {share(row.errors, row.requests)}
      </td>
      <td
        class={row.client_errors > 0 ? 'number wide' : 'number none wide'}
        title={share(row.client_errors, row.requests)}
      >
        {row.client_errors === 0 ? (
          0
        ) : (
          <Link to={requests({ status: '4xx' })}>{count(row.client_errors)}</Link>
        )}
      </td>
      <td class="number widest">{duration(latency.p50)}</td>
      <td class="number">
        {latency.p95 === null ? (
          duration(null)
        ) : (
          <Link to={requests(slowerThan(latency.p95, isEstimated), 'slowest')}>{duration(latency.p95)}</Link>
        )}
      </td>
      <td class="number widest">{duration(latency.p99)}</td>
      <td class="number widest">
        {row.apdex === null ? (
          '–'
        ) : (
          <Link to={row.own_threshold ? { ...spread, threshold: undefined } : spread}>
            {decimal(row.apdex)}
          </Link>
        )}
        {row.own_threshold && (
          <small class="own" title="Of its own threshold">
            {duration(row.threshold_ms)}
          </small>
        )}
      </td>
    </tr>
  );
}

interface ApplicationRowProps {
  readonly clientId: string;
  readonly endpoints: number;
  readonly requests: number;
  /** It may have more endpoints than are listed. */
  readonly isPart: boolean;
  readonly columns: number;
  readonly place: number;
}

/** The application whose endpoints follow. */
export function ApplicationRow({
  clientId,
  endpoints,
  requests,
  isPart,
  columns,
  place,
}: ApplicationRowProps): JSX.Element {
  return (
    <tr class="group" aria-rowindex={place + 2}>
      <th scope="rowgroup" colSpan={columns}>
        <Link to={{ clientId }} title={clientId}>
          <bdi>{clientId}</bdi>
        </Link>{' '}
        <span class="muted">
          {isPart && 'listed: '}
          {count(requests)} {requests === 1 ? 'request' : 'requests'}, {exactCount(endpoints)}{' '}
          {endpoints === 1 ? 'endpoint' : 'endpoints'}
        </span>
      </th>
      <td class="wide" colSpan={3} />
      <td class="widest" colSpan={4} />
    </tr>
  );
}
