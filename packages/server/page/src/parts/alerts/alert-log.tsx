import type { JSX } from 'preact';

import type { AlertEntry } from '../../alerts/alert-types.ts';
import { dayAndTime } from '../../format.ts';

/** What happened, and what became of its messages. */
export function AlertLogTable({ entries }: { readonly entries: readonly AlertEntry[] }): JSX.Element {
  if (entries.length === 0) return <p class="empty-line">Nothing has fired yet.</p>;
  return (
    <table class="alert-log" aria-label="What happened">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Told</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ id, at, type, text, messages }) => (
          <tr key={id}>
            <td class="when">{dayAndTime(Date.parse(at))}</td>
            <td>
              <span class={`event-type ${type}`}>{type}</span> <bdi class="text">{text}</bdi>
            </td>
            <td>
              {messages.length === 0 && <span class="muted">nobody</span>}
              {messages.map((message, place) => (
                <Told key={place} message={message} />
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STATES = { waiting: 'waits', delivered: '', given_up: 'given up' } as const;

function Told({ message }: { readonly message: AlertEntry['messages'][number] }): JSX.Element {
  const { destination, state, attempts, error } = message;
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  const why = error === null ? [] : [state === 'delivered' ? `but not ${error}` : `${error}, ${times}`];
  const what = [STATES[state], ...why].filter((each) => each !== '').join(': ');
  return (
    <div>
      <bdi>{destination}</bdi>{' '}
      {what !== '' && <span class={state === 'waiting' ? 'muted' : 'bad'}>{what}</span>}
    </div>
  );
}
