import type { JSX } from 'preact';

const WIDTH = 96;
const HEIGHT = 22;

/** The course of a number in the space of a word; only for the eye, the figures beside it say the same. */
export function Sparkline({ values }: { readonly values: readonly number[] }): JSX.Element {
  const largest = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      {values.map((value, index) => {
        const height = value === 0 ? 0.75 : Math.max(1.5, (value / largest) * (HEIGHT - 1));
        return (
          <rect
            key={index}
            class={value === 0 ? 'none' : ''}
            x={index * step}
            y={HEIGHT - height}
            width={Math.max(1, step - 0.8)}
            height={height}
          />
        );
      })}
    </svg>
  );
}
