import type { JSX } from 'preact';

import type { StoredEvent } from '../../answers/events.ts';
import { verdictOf } from '../verdict.ts';

/** Status and, where it did not end well, how it ended: a response that nobody waited for must not look like a success. */
export function StatusBadge({ event }: { readonly event: StoredEvent }): JSX.Element {
  const { text, colour, word } = verdictOf(event);
  return (
    <span class={`badge ${colour}`}>
      {text}
      {word !== undefined && <span class="ending"> {word}</span>}
    </span>
  );
}
