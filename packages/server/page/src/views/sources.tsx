import type { JSX } from 'preact';

import type { Source, Sources } from '../answers/senders.ts';
import { count, dateAndTime, dayAndTime, exactCount } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Connect } from '../parts/connect.tsx';
import { Link } from '../parts/link.tsx';
import { Loading } from '../parts/loading.tsx';
import { CsvButton } from '../parts/controls/csv-button.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { SearchField } from '../parts/controls/search-field.tsx';
import { ApplicationTable } from '../parts/sources/application-table.tsx';
import { EventsCell, RejectedCell, SeenCell } from '../parts/sources/cells.tsx';
import { Rest } from '../parts/sources/rest.tsx';
import { ServerList } from '../parts/sources/server-list.tsx';
import { useRead } from '../hooks/use-read.ts';
import { useSearch } from '../hooks/use-search.ts';

/** Of applications and of exporters; the search finds the others. */
const LIMIT = 50;

/** Who sends events, and what the server did not take. */
export function SourcesView(): JSX.Element {
  const { state } = usePage();
  const { search, setSearch, wasUsed } = useSearch();
  const { value, outdated, refused, again } = useRead<Sources>('api/sources', {
    q: search || undefined,
    limit: LIMIT,
  });
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  const isNothing = value?.sources.length === 0 && search === '';
  if (value === undefined || (isNothing && outdated && !wasUsed)) return <Loading />;
  const isOne = state.clientId !== undefined;
  const silent = value.applications.filter((each) => each.silent_since !== null).length;
  const isLong = wasUsed || Math.max(value.applications_total, value.sources_total) > LIMIT;
  const refusals = value.refused.filter(({ count: times }) => times > 0);
  return (
    <>
      {isLong && <SearchField of="applications and exporters" value={search} onSearch={setSearch} />}
      {isNothing && !outdated && (value.client_ids_total === 0 ? <Connect /> : <NobodySends />)}
      {value.sources.length === 0 && search !== '' && <p class="empty-line">Nothing has that in it.</p>}
      {value.applications.length > 0 && !isOne && (
        <Panel
          title="Applications"
          class="flush"
          outdated={outdated}
          aside={
            <>
              {silent > 0 && <span class="bad">{exactCount(silent)} silent</span>}
              <CsvButton name="applications" rows={value.applications} />
            </>
          }
        >
          <ApplicationTable applications={value.applications} />
          <Rest of="applications" count={value.applications_total - value.applications.length} />
        </Panel>
      )}
      {value.sources.length > 0 && (
        <Panel
          title="Exporters"
          class="flush"
          outdated={outdated}
          aside={<CsvButton name="exporters" rows={value.sources} />}
        >
          <SourceTable sources={value.sources} />
          <Rest of="exporters" count={value.sources_total - value.sources.length} />
        </Panel>
      )}
      <ServerList />
      <Panel
        title="Refused since the server started"
        class="flush"
        aside={<CsvButton name="refused" rows={refusals} />}
      >
        {refusals.length === 0 ? (
          <p class="empty-line">Nothing.</p>
        ) : (
          <table class="refusals" aria-label="Refused">
            <thead>
              <tr>
                <th scope="col">Reason</th>
                <th scope="col" class="number">
                  Times
                </th>
              </tr>
            </thead>
            <tbody>
              {refusals.map(({ reason, count: times }) => (
                <tr key={reason}>
                  <th scope="row">{reason.replaceAll('_', ' ')}</th>
                  <td class="number">{exactCount(times)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </>
  );
}

/** There are others than the application that is chosen. */
function NobodySends(): JSX.Element {
  return (
    <section class="panel nothing">
      <h2>No exporter of this application is known</h2>
      <p>
        <Link to={{ clientId: undefined }}>Look at all applications</Link>
      </p>
    </section>
  );
}

function SourceTable({ sources }: { readonly sources: readonly Source[] }): JSX.Element {
  return (
    <table class="sources" aria-label="Exporters">
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col" class="wide">
            Agent
          </th>
          <th scope="col">Mode</th>
          <th scope="col" class="wide widest">
            Producer
          </th>
          <th scope="col" class="number wide widest">
            Last seq
          </th>
          <th scope="col" class="number">
            Events
          </th>
          <th scope="col" class="number wide">
            Rejected
          </th>
          <th scope="col" class="number wide">
            Throttled
          </th>
          <th scope="col" class="wide">
            Since
          </th>
          <th scope="col">Seen</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <SourceRow key={source.producer ?? `${source.mode} ${source.client_id}`} source={source} />
        ))}
      </tbody>
    </table>
  );
}

function SourceRow({ source }: { readonly source: Source }): JSX.Element {
  const since = Date.parse(source.since);
  return (
    <tr>
      <th scope="row" title={serviceOf(source)}>
        <bdi>{source.client_id}</bdi>
      </th>
      <td class="wide">
        <bdi>{source.agent ?? '–'}</bdi>
      </td>
      <td>{source.mode}</td>
      <td class="wide widest">
        <code title={source.producer ?? undefined}>{source.producer?.slice(0, 8) ?? '–'}</code>
      </td>
      <td class="number wide widest">{source.last_seq === null ? '–' : exactCount(source.last_seq)}</td>
      <EventsCell events={source.events} />
      <RejectedCell rejected={source.rejected} />
      <td class="number wide">{count(source.throttled)}</td>
      <td class="wide" title={dateAndTime(since)}>
        {dayAndTime(since)}
      </td>
      <SeenCell lastSeen={source.last_seen} connected={source.connected ? 'connected' : undefined} />
    </tr>
  );
}

/** What the application says of itself; undefined when that is nothing. */
function serviceOf(source: Source): string | undefined {
  const {
    service_version: version,
    deployment_environment: environment,
    service_instance_id: instance,
  } = source;
  return [version, environment, instance].filter((text) => text !== null).join(', ') || undefined;
}
