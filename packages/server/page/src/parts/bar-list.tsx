import type { ComponentChildren, JSX } from 'preact';

import { count, exactCount, share } from '../format.ts';

/** One of several parts of a whole. */
export interface BarItem {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly value: number;
  /** Instead of the share. */
  readonly note?: string;
  /** A class that gives the bar a colour of its own. */
  readonly colour?: string;
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
  const all = total ?? items.reduce((sum, { value }) => sum + value, 0);
  const largest = Math.max(...items.map(({ value }) => value));
  return (
    <ul class="bars">
      {items.map(({ key, label, value, note, colour = '' }) => (
        <li key={key}>
          <span
            class={`fill ${colour}`}
            style={{ width: `${(value / largest) * 100}%` }}
            aria-hidden="true"
          />
          <span class="label">{label}</span>
          <span class="number" title={exactCount(value)}>
            {count(value)}
          </span>
          <span class="note">{note ?? share(value, all)}</span>
        </li>
      ))}
    </ul>
  );
}
