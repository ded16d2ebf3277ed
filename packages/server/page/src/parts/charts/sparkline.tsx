import type { JSX } from 'preact';

import { usePage } from '../../page-context.ts';
import { placesOf, useMarks } from '../releases/marked-releases.tsx';

const WIDTH = 96;
const HEIGHT = 22;

interface SparklineProps {
  readonly values: readonly number[];
  /** The application whose releases are marked. */
  readonly clientId: string;
}

/**
 * The course of a number in the space of a word, with a line where each release appeared; only for the eye, the figures beside it say the
 * same. Few paths, for a table may have many.
 */
export function Sparkline({ values, clientId }: SparklineProps): JSX.Element {
  const marks = placesOf(useMarks(), clientId, usePage().span);
  const largest = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const bar = (value: number, index: number): string => {
    const height = value === 0 ? 0.75 : Math.max(1.5, (value / largest) * (HEIGHT - 1));
    const width = Math.max(1, step - 0.8);
    return `M${(index * step).toFixed(2)} ${HEIGHT}v${(-height).toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}z`;
  };
  const bars = (isMeant: (value: number) => boolean): string =>
    values.map((value, index) => (isMeant(value) ? bar(value, index) : '')).join('');
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <path class="none" d={bars((value) => value === 0)} />
      <path d={bars((value) => value > 0)} />
      {marks.length > 0 && (
        <path class="mark" d={marks.map((place) => `M${(place * WIDTH).toFixed(2)} 0v${HEIGHT}`).join('')} />
      )}
    </svg>
  );
}
