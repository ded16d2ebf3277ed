import type { JSX } from 'preact';

import type { Events } from '../../api-types.ts';
import { useRead } from '../../use-read.ts';
import { EventTable } from './event-table.tsx';
import { Panel } from '../panel.tsx';

interface LatestEventsProps {
  readonly method: string | undefined;
  readonly endpoint: string | undefined;
}

const LIMIT = 20;

/** The newest requests to an endpoint. */
export function LatestEvents({ method, endpoint }: LatestEventsProps): JSX.Element {
  const { value, outdated } = useRead<Events>('api/events', { method, endpoint, limit: LIMIT });
  const events = (value?.events ?? []).map((event, index) => ({ key: event.span_id ?? index, event }));
  return (
    <Panel title="Latest requests" class="flush" outdated={outdated}>
      <EventTable events={events} label="The newest requests to this endpoint" />
    </Panel>
  );
}
