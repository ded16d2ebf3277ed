import type { JSX } from 'preact';

/** A series and its value, for the whole range or where the pointer is. */
interface LegendItem {
  readonly name: string;
  readonly value: string;
  /** A class that gives the colour. */
  readonly colour: string;
}

interface LegendProps {
  readonly items: readonly LegendItem[];
  /** The interval that the values are of; undefined for the whole range. */
  readonly when: string | undefined;
}

/** What the colours mean, and the figures behind them. */
export function Legend({ items, when }: LegendProps): JSX.Element {
  return (
    <div class="legend">
      {when !== undefined && <span>{when}</span>}
      {items.map(({ name, value, colour }) => (
        <span key={name} class="entry">
          <span class={`swatch ${colour}`} aria-hidden="true" />
          {name} <b>{value}</b>
        </span>
      ))}
    </div>
  );
}
