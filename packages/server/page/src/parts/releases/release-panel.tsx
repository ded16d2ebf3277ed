import type { JSX } from 'preact';

import type { Release } from '../../api-types.ts';
import type { FilterChange } from '../../filter/filter.ts';
import { count, dateAndTime, duration, share } from '../../format.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import type { UrlState } from '../../url-state.ts';
import { BarList } from '../bar-list.tsx';
import { Link } from '../link.tsx';
import { Panel } from '../panel.tsx';
import { nameOf } from './release-marks.tsx';
import { SlowerEndpoints } from './slower-endpoints.tsx';
import { useAround } from './use-around.ts';
import { useNewErrors } from './use-new-errors.ts';

interface ReleasePanelProps {
  readonly release: Release;
  readonly onClose: () => void;
}

/** What changed with a release, and which errors are new in it. */
export function ReleasePanel({ release, onClose }: ReleasePanelProps): JSX.Element {
  const { to } = useNarrowing();
  const errors = useNewErrors(release);
  const own = (change: FilterChange = {}, more: Partial<UrlState> = {}): Partial<UrlState> =>
    to({ release: release.release, ...change }, { clientId: release.client_id, ...more });
  const items = (errors ?? []).map(({ name, requests, change }) => ({
    key: name,
    label: name,
    value: requests,
    colour: 's-5xx',
    to: own({ failed: 'true', ...change }, { view: 'consumers', by: 'consumer' as const }),
    requests: own({ failed: 'true', ...change }, { view: 'requests' }),
    note: requests === 1 ? 'request' : 'requests',
  }));
  const { previous } = release;
  const { method, endpoint } = usePage().state.filter;
  const against = { clientId: release.client_id, method, endpoint, environment: undefined };
  return (
    <Panel
      title={nameOf(release)}
      class="release-panel"
      aside={
        <button type="button" class="quiet small" onClick={onClose}>
          Close
        </button>
      }
    >
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
        Errors that {previous === null ? 'it has' : `${previous.release} did not have`}, and who got them
      </h3>
      {errors === undefined ? (
        <p class="loading">Loading…</p>
      ) : (
        <BarList items={items} empty="None in its first day." />
      )}
    </Panel>
  );
}

function Figures({ release }: Pick<ReleasePanelProps, 'release'>): JSX.Element {
  const around = useAround(release);
  if (around === undefined) return <p class="loading">Loading…</p>;
  const { before, after, millis } = around;
  const rows = [
    ['Requests', count(before.requests), count(after.requests)],
    ['Error rate', share(before.errors, before.requests), share(after.errors, after.requests)],
    ['p95', duration(before.latency_ms.p95), duration(after.latency_ms.p95)],
  ] as const;
  return (
    <table class="around">
      <thead>
        <tr>
          <th scope="col">All requests</th>
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
