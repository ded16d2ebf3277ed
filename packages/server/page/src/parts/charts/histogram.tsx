import type { JSX } from 'preact';

import { exactCount } from '../../format.ts';

/** A range of values and how many fell into it. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

interface HistogramProps {
  readonly bars: readonly Bar[];
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** What is distributed, for those who do not see it. */
  readonly label: string;
  /** A bar was chosen with the pointer. */
  readonly onSelect?: ((bar: Bar) => void) | undefined;
}

const TICKS = 5;

/** A distribution. Empty bars at both ends are left out. */
export function Histogram({ bars, format, label, onSelect }: HistogramProps): JSX.Element {
  const first = bars.findIndex(({ count }) => count > 0);
  const last = bars.findLastIndex(({ count }) => count > 0);
  if (first === -1) return <p class="empty-line">No values in this range.</p>;
  const shown = bars.slice(first, last + 1);
  const largest = Math.max(...shown.map(({ count }) => count));
  const common = shown.find(({ count }) => count === largest);
  const text =
    common === undefined ? label : `${label}: most between ${format(common.from)} and ${format(common.to)}`;
  const every = Math.ceil(shown.length / TICKS);
  return (
    <div class="histogram" role="img" aria-label={text}>
      {shown.map(({ from, to, count }, index) => (
        <div
          class={onSelect === undefined ? 'column' : 'column choice'}
          key={from}
          title={`${format(from)} – ${format(to)}: ${exactCount(count)}`}
          onClick={() => onSelect?.({ from, to, count })}
        >
          <div class="bar" style={{ height: `${(count / largest) * 100}%` }} />
          <span class="tick">
            {index % every === 0 && index + every / 2 <= shown.length ? format(from) : ''}
          </span>
        </div>
      ))}
    </div>
  );
}
