import type { JSX } from 'preact';

import type { StoredEvent } from '../../answers/events.ts';
import { requestText } from '../../endpoint-text.ts';
import { eventTime, metricFact, sizeOf } from '../../event-facts.ts';
import { bytes, dateAndTime, dayAndTime, duration } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import { useFocusBack } from '../../hooks/use-focus-back.ts';
import { StatusBadge } from '../events/status-badge.tsx';

/** Requests in lines; the button in each opens it beside the table. */
export function RequestTable({ events }: { readonly events: readonly StoredEvent[] }): JSX.Element {
  const { clientId, order, columns } = usePage().state;
  const isOfAll = clientId === undefined;
  return (
    <table class="requests">
      <caption class="unseen">Stored requests, {order} first</caption>
      <thead>
        <tr>
          <th scope="col" class="at">
            Time
          </th>
          {isOfAll && (
            <th scope="col" class="wide application">
              Application
            </th>
          )}
          <th scope="col">Request</th>
          <th scope="col" class="ended">
            Status
          </th>
          <th scope="col" class="number">
            Latency
          </th>
          {order === 'largest' && (
            <th scope="col" class="number">
              Size
            </th>
          )}
          {columns.map((name) => (
            <th scope="col" class="wide own" key={name}>
              <bdi>{name}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <Row key={event.id} event={event} isOfAll={isOfAll} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ event, isOfAll }: { readonly event: StoredEvent; readonly isOfAll: boolean }): JSX.Element {
  const { state, go } = usePage();
  const isOpen = state.open === event.id;
  const opener = useFocusBack<HTMLButtonElement>(isOpen);
  const time = eventTime(event);
  const size = sizeOf(event);
  const name = event.route ?? requestText(event);
  return (
    <tr class={isOpen ? 'open' : ''}>
      <td class="at" title={dateAndTime(time)}>
        {dayAndTime(time)}
      </td>
      {isOfAll && (
        <td class="wide application">
          <bdi>{event.client_id}</bdi>
        </td>
      )}
      <td>
        <button
          type="button"
          ref={opener}
          class="row"
          aria-expanded={isOpen}
          onClick={() => go({ open: isOpen ? undefined : event.id })}
        >
          <span class="method">{event.method}</span> <bdi>{name}</bdi>
          {event.endpoint !== '' && name !== event.endpoint && (
            <span class="path">
              <bdi>{event.endpoint}</bdi>
            </span>
          )}
        </button>
      </td>
      <td class="ended">
        <StatusBadge event={event} />
      </td>
      <td class="number">{duration(event.latency_ms ?? null)}</td>
      {state.order === 'largest' && <td class="number">{size === undefined ? '–' : bytes(size)}</td>}
      {state.columns.map((column) => (
        <td class="wide own" key={column}>
          <bdi>
            {Object.hasOwn(event.custom_data, column)
              ? metricFact(column, event.custom_data[column]).value
              : '–'}
          </bdi>
        </td>
      ))}
    </tr>
  );
}
