import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { StoredEvent } from '../../answers/events.ts';
import { useMedia } from '../../hooks/use-media.ts';
import { EventDetails } from './event-details.tsx';
import { EventRow } from './event-row.tsx';

/** An event with something to tell it apart by. */
interface KeyedEvent {
  readonly key: number | string;
  readonly event: StoredEvent;
}

interface EventTableProps {
  readonly events: readonly KeyedEvent[];
  readonly label: string;
}

const COLUMNS = 6;

/** The others are not shown then, and a cell over them would make columns of its own. */
const NARROW = '(max-width: 760px)';
const NARROW_COLUMNS = 4;

/** Requests, newest first. A click opens the whole event below its line. */
export function EventTable({ events, label }: EventTableProps): JSX.Element {
  const [open, setOpen] = useState<KeyedEvent>();
  const columns = useMedia(NARROW) ? NARROW_COLUMNS : COLUMNS;
  const rows = events.flatMap((each): ComponentChildren[] => {
    const isOpen = each.key === open?.key;
    const row = (
      <EventRow
        key={each.key}
        event={each.event}
        isOpen={isOpen}
        onOpen={() => setOpen(isOpen ? undefined : each)}
      />
    );
    if (!isOpen) return [row];
    const details = (
      <tr key={`${each.key} details`} class="details-row">
        <td colSpan={columns}>
          <EventDetails event={each.event} />
        </td>
      </tr>
    );
    return [row, details];
  });
  return (
    <table class="events">
      <caption class="unseen">{label}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Status</th>
          <th scope="col">Request</th>
          <th scope="col" class="number">
            Latency
          </th>
          <th scope="col" class="wide">
            Metrics
          </th>
          <th scope="col" class="wide">
            Client
          </th>
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  );
}
