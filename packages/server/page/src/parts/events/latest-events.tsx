import type { JSX } from 'preact';

import type { Events } from '../../api-types.ts';
import { usePage } from '../../page-context.ts';
import { useRead } from '../../use-read.ts';
import { EventTable } from './event-table.tsx';
import { Link } from '../link.tsx';
import { Panel } from '../panel.tsx';

const LIMIT = 20;

/** The newest requests to an endpoint. */
export function LatestEvents(): JSX.Element {
  const { canGo } = usePage();
  const { value, outdated } = useRead<Events>('api/events', { limit: LIMIT });
  const events = (value?.events ?? []).map((event) => ({ key: event.id, event }));
  return (
    <Panel
      title="Latest requests"
      class="flush"
      outdated={outdated}
      aside={canGo({ view: 'requests' }) && <Link to={{ view: 'requests' }}>All of them</Link>}
    >
      <EventTable events={events} label="The newest requests to this endpoint" />
    </Panel>
  );
}
