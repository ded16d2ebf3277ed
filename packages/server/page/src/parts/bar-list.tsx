import type { ComponentChildren, JSX } from 'preact';

import { count, exactCount, share } from '../format.ts';
import type { UrlState } from '../url-state.ts';
import { Link } from './link.tsx';

/** One of several parts of a whole. */
export interface BarItem {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly value: number;
  /** Instead of the share. */
  readonly note?: string;
  /** A class that gives the bar a colour of its own. */
  readonly colour?: string;
  /** Where a click leads: the same view of only these. */
  readonly to?: Partial<UrlState>;
  /** Where a click on the number leads: the requests that were counted. */
  readonly requests?: Partial<UrlState>;
}

interface BarListProps {
  readonly items: readonly BarItem[];
  /** What the shares are of; by default the sum. */
  readonly total?: number;
  readonly empty: string;
}

/** Parts of a whole, as labelled bars. */
export function BarList({ items, total, empty }: BarListProps): JSX.Element {
  if (items.length === 0) return <p class="empty-line">{empty}</p>;
  const largest = Math.max(...items.map(({ value }) => value));
  // The whole may have been counted a moment before its parts.
  const all = Math.max(largest, total ?? items.reduce((sum, { value }) => sum + value, 0));
  return (
    <ul class="bars">
      {items.map(({ key, label, value, note, colour = '', to, requests }) => (
        <li key={key}>
          {value > 0 && (
            <span
              class={`fill ${colour}`}
              style={{ width: `${(value / largest) * 100}%` }}
              aria-hidden="true"
            />
          )}
          <span class="label">
            {to === undefined ? (
              label
            ) : (
              <Link class="whole" to={to}>
                {label}
              </Link>
            )}
          </span>
          <span class="number" title={exactCount(value)}>
            {requests === undefined ? count(value) : <Link to={requests}>{count(value)}</Link>}
          </span>
          <span class="note">{note ?? share(value, all)}</span>
        </li>
      ))}
    </ul>
  );
}
