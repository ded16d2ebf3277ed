import type { JSX } from 'preact';

import type { Events } from '../../answers/events.ts';
import { usePage } from '../../page-context.ts';
import { useRead } from '../../hooks/use-read.ts';
import { Answered } from '../answered.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { EventTable } from './event-table.tsx';
import { Link } from '../link.tsx';
import { Panel } from '../panel.tsx';

const LIMIT = 20;

/** The newest requests to an endpoint. */
export function LatestEvents(): JSX.Element {
  const { canGo } = usePage();
  const read = useRead<Events>('api/events', { limit: LIMIT });
  return (
    <Panel
      title="Latest requests"
      class="flush"
      outdated={read.outdated}
      aside={
        <>
          {canGo({ view: 'requests' }) && <Link to={{ view: 'requests' }}>All of them</Link>}
          <CsvButton name="latest-requests" rows={read.value?.events ?? []} />
        </>
      }
    >
      <Answered read={read}>
        {({ events }) => (
          <EventTable
            events={events.map((event) => ({ key: event.id, event }))}
            label="The newest requests to this endpoint"
          />
        )}
      </Answered>
    </Panel>
  );
}
