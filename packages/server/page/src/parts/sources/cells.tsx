import type { JSX } from 'preact';

import { serverNow } from '../../api.ts';
import { ago, count, dateAndTime, exactCount } from '../../format.ts';

/** How many events somebody sent or took. */
export function EventsCell({
  events,
  wide,
}: {
  readonly events: number;
  readonly wide?: boolean;
}): JSX.Element {
  return (
    <td class={wide === true ? 'number wide' : 'number'} title={exactCount(events)}>
      {count(events)}
    </td>
  );
}

/** How many of them were not taken. */
export function RejectedCell({ rejected }: { readonly rejected: number }): JSX.Element {
  return <td class={rejected > 0 ? 'number wide bad' : 'number wide'}>{count(rejected)}</td>;
}

/** When somebody was seen last, or what there is to say of the connection. */
export function SeenCell({
  lastSeen,
  connected,
}: {
  readonly lastSeen: string;
  readonly connected: string | undefined;
}): JSX.Element {
  const seen = Date.parse(lastSeen);
  return (
    <td title={dateAndTime(seen)}>
      {connected === undefined ? ago(seen, serverNow()) : <span class="connected">{connected}</span>}
    </td>
  );
}
