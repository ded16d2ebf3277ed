import type { JSX } from 'preact';

import type { Overview } from '../../answers/overview.ts';
import type { Release } from '../../answers/releases.ts';
import type { FilterChange } from '../../filter/filter.ts';
import { count, dateAndTime, duration, share } from '../../format.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import type { UrlState } from '../../url-state.ts';
import { Answered } from '../answered.tsx';
import { BarList, type BarItem } from '../bar-list.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { Link } from '../link.tsx';
import { nameOf } from './release-marks.tsx';
import { SlowerEndpoints } from './slower-endpoints.tsx';
import { useAround } from './use-around.ts';
import { useNewErrors, type NewError } from './use-new-errors.ts';

type Totals = Overview['totals'];

interface ReleasePanelProps {
  readonly release: Release;
}

/** What changed with a release, and which errors are new in it. */
export function ReleasePanel({ release }: ReleasePanelProps): JSX.Element {
  const { to } = useNarrowing();
  const errors = useNewErrors(release);
  const own = (change: FilterChange = {}, more: Partial<UrlState> = {}): Partial<UrlState> =>
    to({ release: release.release, ...change }, { clientId: release.client_id, ...more });
  const itemOf = ({ name, requests, change }: NewError): BarItem => ({
    key: name,
    label: name,
    value: requests,
    colour: 's-5xx',
    to: own({ failed: 'true', ...change }, { view: 'consumers', by: 'consumer' as const }),
    requests: own({ failed: 'true', ...change }, { view: 'requests' }),
    note: requests === 1 ? 'request' : 'requests',
  });
  const { previous } = release;
  const { method, endpoint } = usePage().state.filter;
  const against = { clientId: release.client_id, method, endpoint, environment: undefined };
  return (
    <>
      <p>
        First seen {dateAndTime(Date.parse(release.first_seen))}
        {previous !== null && `, after ${previous.release}`}. <Link to={own()}>Only its requests</Link>
        {previous !== null && (
          <>
            {' · '}
            <Link to={own({}, { view: 'compare', against: { ...against, release: previous.release } })}>
              Compare with {previous.release}
            </Link>
          </>
        )}
      </p>
      <Figures release={release} />
      <h3>Endpoints that got slower</h3>
      <SlowerEndpoints key={nameOf(release)} release={release} />
      <h3>
        Errors that {previous === null ? 'it has' : `${previous.release} did not have`}, and who got them{' '}
        <CsvButton
          name="new-errors"
          rows={(errors.value ?? []).map(({ name, requests }) => ({ error: name, requests }))}
        />
      </h3>
      <Answered read={errors}>
        {(found) => <BarList items={found.map(itemOf)} empty="None in its first day." />}
      </Answered>
    </>
  );
}

function Figures({ release }: ReleasePanelProps): JSX.Element {
  const { read, millis } = useAround(release);
  return (
    <Answered read={read}>
      {([before, after]) => <FigureTable before={before.totals} after={after.totals} millis={millis} />}
    </Answered>
  );
}

interface FigureTableProps {
  readonly before: Totals;
  readonly after: Totals;
  readonly millis: number;
}

function FigureTable({ before, after, millis }: FigureTableProps): JSX.Element {
  const rows = [
    ['Requests', count(before.requests), count(after.requests)],
    ['Error rate', share(before.errors, before.requests), share(after.errors, after.requests)],
    ['p95', duration(before.latency_ms.p95), duration(after.latency_ms.p95)],
  ] as const;
  return (
    <table class="around" aria-label="Before and after">
      <thead>
        <tr>
          <th scope="col">
            All requests <CsvButton name="release-figures" rows={figureRows(before, after)} />
          </th>
          <th scope="col" class="number">
            {duration(millis)} before
          </th>
          <th scope="col" class="number">
            after
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, then, now]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{then}</td>
            <td class="number">{now}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function figureRows(before: Totals, after: Totals): readonly object[] {
  return Object.entries({ before, after }).map(([time, totals]) => ({ time, ...totals }));
}
