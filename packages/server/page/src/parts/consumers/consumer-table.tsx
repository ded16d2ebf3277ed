import type { ComponentChildren, JSX } from 'preact';

import type { ConsumerRow, Consumers, ConsumerSort } from '../../answers/consumers.ts';
import { serverNow } from '../../api.ts';
import type { FilterChange } from '../../filter/filter.ts';
import { slowerThan } from '../../filter/number-range.ts';
import { ago, count, dateAndTime, duration, exactCount, share } from '../../format.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import type { RequestOrder, UrlState } from '../../url-state.ts';
import { Link } from '../link.tsx';
import { SortedHeader } from '../controls/sorted-header.tsx';
import { KINDS } from './kinds.ts';

/** Enough to tell pseudonyms apart; the whole one is in the title. */
const SHOWN_DIGITS = 10;
const PSEUDONYM = /^[0-9a-f]{64}$/;

/** Consumers, groups or clients, by what the reader sorts them by. */
export function ConsumerTable({ consumers, estimated }: Consumers): JSX.Element {
  const { by } = usePage().state;
  return (
    <table class="consumers" aria-label={KINDS[by].title}>
      <thead>
        <tr>
          <th scope="col">{KINDS[by].one.replace(/^./, (letter) => letter.toUpperCase())}</th>
          <SortHeader sort="requests">Requests</SortHeader>
          <SortHeader sort="errors">Errors</SortHeader>
          <SortHeader sort="error_rate" class="wide">
            Error rate
          </SortHeader>
          <SortHeader sort="p95">p95</SortHeader>
          <SortHeader sort="endpoints" class="wide spare">
            Endpoints
          </SortHeader>
          <SortHeader sort="first_seen" class="wide spare">
            First
          </SortHeader>
          <SortHeader sort="last_seen" class="wide">
            Last
          </SortHeader>
        </tr>
      </thead>
      <tbody>
        {consumers.map((row) => (
          <Row key={row.value} row={row} isEstimated={estimated} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: ConsumerRow;
  readonly isEstimated: boolean;
}

function Row({ row, isEstimated }: RowProps): JSX.Element {
  const { by } = usePage().state;
  const { to } = useNarrowing();
  const own: FilterChange = { [KINDS[by].filter]: row.value };
  const requests = (change: FilterChange, order: RequestOrder = 'newest'): Partial<UrlState> =>
    to({ ...own, ...change }, { view: 'requests', order });
  const { p95 } = row.latency_ms;
  return (
    <tr>
      <th scope="row">
        <Link to={to(own, { view: 'overview' })} title={row.value} class="consumer">
          <Name row={row} />
        </Link>{' '}
        {row.group !== null && (
          <bdi class="tag">
            <Link to={to({ consumer_group: row.group })}>{row.group}</Link>
          </bdi>
        )}{' '}
        {row.new && <span class="tag new">new</span>}
      </th>
      <td class="number" title={exactCount(row.requests)}>
        <Link to={requests({})}>{count(row.requests)}</Link>
      </td>
      <td class={row.errors > 0 ? 'number bad' : 'number none'}>
        {row.errors === 0 ? 0 : <Link to={requests({ failed: 'true' })}>{count(row.errors)}</Link>}
      </td>
      <td class={row.errors > 0 ? 'number wide bad' : 'number wide none'}>
        {share(row.errors, row.requests)}
      </td>
      <td class="number">
        {p95 === null ? (
          duration(null)
        ) : (
          <Link to={requests(slowerThan(p95, isEstimated), 'slowest')}>{duration(p95)}</Link>
        )}
      </td>
      <td class="number wide spare">{exactCount(row.endpoints)}</td>
      <Seen at={row.first_seen} class="spare" />
      <Seen at={row.last_seen} />
    </tr>
  );
}

function Name({ row: { value, label } }: { readonly row: ConsumerRow }): JSX.Element {
  if (label !== null) return <bdi>{label}</bdi>;
  return PSEUDONYM.test(value) ? <code>{value.slice(0, SHOWN_DIGITS)}</code> : <bdi>{value}</bdi>;
}

function Seen({ at, class: extra = '' }: { readonly at: string; readonly class?: string }): JSX.Element {
  const millis = Date.parse(at);
  return (
    <td class={`number wide ${extra}`} title={dateAndTime(millis)}>
      {ago(millis, serverNow())}
    </td>
  );
}

interface SortHeaderProps {
  readonly sort: ConsumerSort;
  readonly class?: string;
  readonly children: ComponentChildren;
}

function SortHeader({ sort, class: extra = '', children }: SortHeaderProps): JSX.Element {
  const { state, go } = usePage();
  return (
    <SortedHeader
      isSorted={state.consumerSort === sort}
      class={`number ${extra}`}
      onSort={() => go({ consumerSort: sort }, true)}
    >
      {children}
    </SortedHeader>
  );
}
