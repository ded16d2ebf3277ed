import type { JSX } from 'preact';

import type { UrlState } from '../../url-state.ts';
import { Link } from '../link.tsx';

/** A series and its value, for the whole range or where the pointer is. */
interface LegendItem {
  readonly name: string;
  readonly value: string;
  /** A class that gives the colour. */
  readonly colour: string;
  /** Where a click leads. */
  readonly to?: Partial<UrlState>;
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
      {items.map(({ name, value, colour, to }) => (
        <span key={name} class="entry">
          <span class={`swatch ${colour}`} aria-hidden="true" />
          {to === undefined ? name : <Link to={to}>{name}</Link>} <b>{value}</b>
        </span>
      ))}
    </div>
  );
}
