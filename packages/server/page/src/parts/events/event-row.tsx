import type { JSX } from 'preact';

import type { StoredEvent } from '../../answers/events.ts';
import { serverNow } from '../../api.ts';
import { requestText } from '../../endpoint-text.ts';
import { eventTime } from '../../event-facts.ts';
import { dateAndTime, duration, timeBeside } from '../../format.ts';
import { metricText } from '../../metric-text.ts';
import { StatusBadge } from './status-badge.tsx';

interface EventRowProps {
  readonly event: StoredEvent;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

/** One request in a line; the button in it opens the whole event. */
export function EventRow({ event, isOpen, onOpen }: EventRowProps): JSX.Element {
  const time = eventTime(event);
  return (
    <tr class={isOpen ? 'open' : ''}>
      <td class="time" title={dateAndTime(time)}>
        {timeBeside(time, serverNow())}
      </td>
      <td class="status">
        <StatusBadge event={event} />
      </td>
      <td class="what">
        <button type="button" class="row" aria-expanded={isOpen} onClick={onOpen}>
          <span class="method">{event.method}</span> <bdi>{requestText(event)}</bdi>
        </button>
      </td>
      <td class="number">{duration(event.latency_ms ?? null)}</td>
      <td class="wide metrics-cell">
        <bdi>{metricText(event.custom_data)}</bdi>
      </td>
      <td class="wide client">{event.source_ip === null ? '–' : event.source_ip.slice(0, 8)}</td>
    </tr>
  );
}
