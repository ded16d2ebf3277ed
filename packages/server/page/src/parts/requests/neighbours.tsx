import type { JSX } from 'preact';

import type { OneEvent, StoredEvent } from '../../answers/events.ts';
import { requestText } from '../../endpoint-text.ts';
import { eventTime } from '../../event-facts.ts';
import { timeBeside } from '../../format.ts';
import { StatusBadge } from '../events/status-badge.tsx';
import { Link } from '../link.tsx';

/** What the same client asked of the same application before and after. */
export function Neighbours({ event, before, after }: OneEvent): JSX.Element {
  if (event.source_ip === null) return <p class="empty-line">Its client is not known.</p>;
  if (before.length + after.length === 0)
    return <p class="empty-line">Its client asked for nothing else within a day.</p>;
  return (
    <>
      <h3>The same client, before and after</h3>
      <ol class="neighbours">
        {before.map((each) => (
          <Neighbour key={each.id} event={each} beside={event} />
        ))}
        <Neighbour event={event} beside={event} isThis />
        {after.map((each) => (
          <Neighbour key={each.id} event={each} beside={event} />
        ))}
      </ol>
    </>
  );
}

interface NeighbourProps {
  readonly event: StoredEvent;
  /** The one that is looked at. */
  readonly beside: StoredEvent;
  readonly isThis?: boolean;
}

function Neighbour({ event, beside, isThis = false }: NeighbourProps): JSX.Element {
  const name = (
    <>
      <span class="method">{event.method}</span> <bdi>{requestText(event)}</bdi>
    </>
  );
  return (
    <li aria-current={isThis ? 'true' : undefined}>
      <span class="muted">{timeBeside(eventTime(event), eventTime(beside))}</span>
      <span class="what">{isThis ? name : <Link to={{ open: event.id }}>{name}</Link>}</span>
      <StatusBadge event={event} />
    </li>
  );
}
