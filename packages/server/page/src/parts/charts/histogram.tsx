import type { JSX } from 'preact';

import { exactCount } from '../../format.ts';
import { commonBins, type Bar } from './common-bins.ts';

interface HistogramProps {
  readonly bars: readonly Bar[];
  /** Those of another one that is drawn beside it, with the same axes. */
  readonly beside?: readonly Bar[] | undefined;
  /** A value with its unit. */
  readonly format: (value: number) => string;
  /** What is distributed, for those who do not see it. */
  readonly label: string;
  /** A bar was chosen with the pointer. */
  readonly onSelect?: ((bar: Bar) => void) | undefined;
}

const TICKS = 5;

/** A distribution. Empty bars at both ends are left out. */
export function Histogram({ bars, beside = [], format, label, onSelect }: HistogramProps): JSX.Element {
  const [own, others] = [withoutEnds(bars), withoutEnds(beside)];
  if (own.length === 0) return <p class="empty-line">No values in this range.</p>;
  const shown = commonBins(own, others);
  const largest = Math.max(...[...own, ...others].map(({ count }) => count));
  const common = own.toSorted((a, b) => b.count - a.count)[0];
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

function withoutEnds(bars: readonly Bar[]): readonly Bar[] {
  const first = bars.findIndex(({ count }) => count > 0);
  return first === -1 ? [] : bars.slice(first, bars.findLastIndex(({ count }) => count > 0) + 1);
}
