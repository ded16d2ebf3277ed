import type { JSX } from 'preact';

import type { Application } from '../../answers/senders.ts';
import { dateAndTime, dayAndTime, exactCount, lasting } from '../../format.ts';
import { Link } from '../link.tsx';
import { EventsCell, RejectedCell, SeenCell } from './cells.tsx';

/** Applications, each with all its starts. */
export function ApplicationTable({
  applications,
}: {
  readonly applications: readonly Application[];
}): JSX.Element {
  return (
    <table class="applications" aria-label="Applications">
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col" class="wide">
            Version
          </th>
          <th scope="col" class="wide">
            Mode
          </th>
          <th scope="col" class="number">
            Exporters
          </th>
          <th scope="col" class="number">
            Events
          </th>
          <th scope="col" class="number wide">
            Rejected
          </th>
          <th scope="col">Seen</th>
        </tr>
      </thead>
      <tbody>
        {applications.map((application) => (
          <Row key={application.client_id} application={application} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ application }: { readonly application: Application }): JSX.Element {
  const { client_id: clientId, connected, producers, events, rejected } = application;
  return (
    <tr>
      <th scope="row">
        <Link to={{ view: 'sources', clientId }}>
          <bdi>{clientId}</bdi>
        </Link>
      </th>
      <td class="wide">
        <bdi>{application.service_version ?? '–'}</bdi>
      </td>
      <td class="wide">{application.modes.join(', ')}</td>
      <td class="number">{exactCount(producers)}</td>
      <EventsCell events={events} />
      <RejectedCell rejected={rejected} />
      {application.silent_since === null ? (
        <SeenCell
          lastSeen={application.last_seen}
          connected={connected > 0 ? `${exactCount(connected)} connected` : undefined}
        />
      ) : (
        <td title={`nothing since ${dateAndTime(Date.parse(application.silent_since))}`}>
          <span class="bad">silent for {lasting(application.silent_millis)}</span>
          <span class="muted line">since {dayAndTime(Date.parse(application.silent_since))}</span>
          {connected > 0 && <span class="muted line">{exactCount(connected)} connected</span>}
        </td>
      )}
    </tr>
  );
}
