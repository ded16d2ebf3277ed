import type { JSX, TargetedMouseEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { LatencySpread } from '../../answers/latency.ts';
import { duration, exactCount, interval } from '../../format.ts';
import { latenciesOf } from '../../filter/number-range.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import { colourReader } from '../charts/colours.ts';
import { Panel } from '../panel.tsx';
import { ReleaseMarks } from '../releases/release-marks.tsx';
import { cellAt, rangeOf, shadeOf, type HeatCell } from './heat-cells.ts';

interface HeatmapProps {
  readonly spread: LatencySpread;
  readonly outdated: boolean;
}

/** On the map: from 0 at the left end and at the bottom to 1. */
interface Place {
  readonly x: number;
  readonly y: number;
}

const HEIGHT = 260;
const TICKS = 6;

/** How latencies are spread over time: time to the right, slower ones further up. A cell leads to its requests. */
export function Heatmap({ spread, outdated }: HeatmapProps): JSX.Element {
  const { theme, go } = usePage();
  const { to, mayNarrow } = useNarrowing();
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Where the pointer is: the cell there is another one as soon as there is another answer. */
  const [pointer, setPointer] = useState<Place>();
  /** Pixels that it is wide, once it is drawn. */
  const [drawn, setDrawn] = useState<number>();
  const { heat, bins, bucket_millis: width } = spread;

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      draw(element, spread);
      setDrawn(element.clientWidth);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [spread, theme]);

  const cellUnder = ({ x, y }: Place): HeatCell | undefined => cellAt(spread, x, y);
  const hovered = pointer && cellUnder(pointer);
  const open = (event: TargetedMouseEvent<HTMLCanvasElement>): void => {
    const cell = cellUnder(placeOn(event));
    if (cell === undefined || cell.requests === 0 || !mayNarrow) return;
    go(to(latenciesOf(cell), { view: 'requests', order: 'slowest', range: rangeOf(spread, cell) }));
  };
  const placeOf = (millis: number): number | undefined => {
    if (drawn === undefined) return undefined;
    const part = (millis - Date.parse(heat[0]?.start ?? '')) / (width * heat.length);
    return part >= 0 && part <= 1 ? part * drawn : undefined;
  };
  const every = Math.max(1, Math.ceil(bins.length / TICKS));
  return (
    <Panel
      title="Heatmap"
      outdated={outdated}
      aside={
        <span class="muted">
          {hovered === undefined
            ? 'A cell leads to its requests'
            : `${interval(hovered.start, width)}, ${duration(hovered.from)}–${duration(hovered.to)}: ${exactCount(hovered.requests)}`}
        </span>
      }
    >
      <div class="heatmap">
        <div class="scale" aria-hidden="true">
          {bins.map(({ from }, index) =>
            index % every === 0 ? (
              <span key={from} style={{ bottom: `${(index / bins.length) * 100}%` }}>
                {duration(from)}
              </span>
            ) : null,
          )}
        </div>
        <div class="charted">
          <canvas
            ref={canvas}
            height={HEIGHT}
            role="img"
            aria-label={`Latencies over time, in ${heat.length} steps of time and ${bins.length} of latency`}
            onMouseMove={(event) => setPointer(placeOn(event))}
            onMouseLeave={() => setPointer(undefined)}
            onClick={open}
          />
          <ReleaseMarks at={placeOf} />
        </div>
        <div class="times muted" aria-hidden="true">
          <span>{heat[0] && interval(Date.parse(heat[0].start), width)}</span>
          <span>{heat.length > 1 && interval(Date.parse(heat.at(-1)?.start ?? ''), width)}</span>
        </div>
      </div>
    </Panel>
  );
}

function placeOn({ clientX, clientY, currentTarget }: TargetedMouseEvent<HTMLCanvasElement>): Place {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return { x: (clientX - left) / width, y: 1 - (clientY - top) / height };
}

function draw(element: HTMLCanvasElement, { heat, bins }: LatencySpread): void {
  const context = element.getContext('2d');
  if (context === null) return;
  const ratio = devicePixelRatio;
  element.width = element.clientWidth * ratio;
  element.height = HEIGHT * ratio;
  const [column, row] = [element.width / Math.max(1, heat.length), element.height / Math.max(1, bins.length)];
  const largest = Math.max(1, ...heat.flatMap(({ requests }) => requests));
  context.fillStyle = colourReader(element)('--accent');
  for (const [x, { requests }] of heat.entries()) {
    for (const [y, count] of requests.entries()) {
      if (count === 0) continue;
      context.globalAlpha = shadeOf(count, largest);
      context.fillRect(
        x * column,
        element.height - (y + 1) * row,
        Math.max(1, column - ratio),
        Math.max(1, row - ratio),
      );
    }
  }
}
