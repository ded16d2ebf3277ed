import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';

import { dayOf, minuteOfDay, timeOfDay } from '../../format.ts';
import { startOfDay } from '../../local-time.ts';
import { usePage } from '../../page-context.ts';
import { isSpan, type Span } from '../../time-range.ts';
import { ReleaseMarks } from '../releases/release-marks.tsx';
import { colourReader, type ColourReader } from './colours.ts';
import { selectByTouch } from './touch-selection.ts';

/** A chart over time. */
export interface ChartProps {
  /** x in seconds, then a list for each series. */
  readonly data: uPlot.AlignedData;
  readonly series: (colour: ColourReader) => uPlot.Series[];
  /** The instants at both ends. */
  readonly span: Span;
  readonly formatValue: (value: number) => string;
  /** Equal steps are equal factors; values from this one up. */
  readonly logFrom?: number | undefined;
  /** x is where a value begins, which lasts until the next one; else it is the middle of it. */
  readonly fromBegin?: boolean | undefined;
  /** The values are counts: no line of the grid stands for half of one. */
  readonly wholeNumbers?: boolean | undefined;
  /** Values of another chart beside this one: the axis reaches as far as that one's. */
  readonly reach?: readonly number[] | undefined;
  /** What there is to see, for those who do not. */
  readonly label: string;
  /** The index under the pointer, `undefined` when it leaves. */
  readonly onHover: (index: number | undefined) => void;
  /** A part of the range was chosen with the mouse or a finger. */
  readonly onSelect?: ((span: Span) => void) | undefined;
}

const HEIGHT = 190;
/** Steps between lines of the grid: 1, 2, 5, 10, 20 and so on. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) =>
  [1, 2, 5].map((step) => step * 10 ** power),
).flat();
const FONT = '11px system-ui, sans-serif';

/** uPlot in the page's colours. It is drawn anew when the theme changes, and takes new data as it is. */
export function Chart(props: ChartProps): JSX.Element {
  const { theme } = usePage();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  const [area, setArea] = useState<Area>({ left: 0, width: 0 });
  latest.current = props;

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const drawn = new uPlot(optionsOf(latest, element, setArea), latest.current.data, element);
    plot.current = drawn;
    if (latest.current.onSelect !== undefined) selectByTouch(drawn);
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [theme, props.logFrom]);
  const [least, most] = reachOf(props);
  // New data have the axis drawn anew.
  useEffect(() => plot.current?.setData(props.data), [props.data, least, most]);

  const { span } = props;
  const at = (millis: number): number | undefined => {
    const part = (millis - span.since) / (span.until - span.since);
    return part < 0 || part > 1 || area.width === 0 ? undefined : area.left + part * area.width;
  };
  return (
    <div class="charted">
      <div class="chart" ref={host} role="img" aria-label={props.label} />
      <ReleaseMarks at={at} />
    </div>
  );
}

/** What lies between the axes, in pixels from the left. */
interface Area {
  readonly left: number;
  readonly width: number;
}

function optionsOf(
  latest: { readonly current: ChartProps },
  element: HTMLElement,
  onArea: (change: (before: Area) => Area) => void,
): uPlot.Options {
  const colour = colourReader(element);
  const axis = {
    stroke: colour('--muted'),
    font: FONT,
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: latest.current.onSelect !== undefined, y: false, setScale: false },
    },
    scales: {
      x: { range: () => [latest.current.span.since / 1000, latest.current.span.until / 1000] },
      y: yScale(latest),
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 72, values: timeLabels },
      {
        ...axis,
        size: 58,
        space: latest.current.logFrom === undefined ? 38 : 22,
        ...(latest.current.wholeNumbers === true && { incrs: WHOLE_STEPS }),
        // Between powers of ten, a logarithmic axis has places for which there is no number.
        values: (_, values) =>
          values.map((value) => (value === null ? '' : latest.current.formatValue(value))),
      },
    ],
    series: [{}, ...latest.current.series(colour)],
    hooks: {
      draw: [
        ({ bbox }) => {
          const [left, width] = [bbox.left / devicePixelRatio, bbox.width / devicePixelRatio];
          onArea((before) => (before.left === left && before.width === width ? before : { left, width }));
        },
      ],
      setCursor: [(drawn) => latest.current.onHover(indexUnder(drawn, latest.current))],
      setSelect: [
        (drawn) => {
          const { left, width } = drawn.select;
          drawn.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
          const at = (pixel: number): number => Math.round(drawn.posToVal(pixel, 'x') * 1000);
          const part = { since: at(left), until: at(left + width) };
          // A part of milliseconds may have none.
          if (width >= 8 && isSpan(part)) latest.current.onSelect?.(part);
        },
      ],
    },
  };
}

/** The value that the pointer is on. uPlot's is the one with the nearest x, which is the next one from the middle of a bar on. */
function indexUnder(drawn: uPlot, { fromBegin }: ChartProps): number | undefined {
  const { idx, left = 0 } = drawn.cursor;
  if (idx === null || idx === undefined) return undefined;
  const isBefore = fromBegin === true && drawn.posToVal(left, 'x') < (drawn.data[0][idx] ?? 0);
  return isBefore ? Math.max(0, idx - 1) : idx;
}

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const LOGARITHMIC = 3 as uPlot.Scale.Distr;

/** The least and the largest value of a chart beside; none where there is no such chart. */
function reachOf({ reach = [] }: ChartProps): readonly [least: number, most: number] {
  return [Math.min(...reach), Math.max(...reach)];
}

/** From zero, or from below it where values are, with some room beyond them. */
function linearRange(least: number, most: number): [from: number, to: number] {
  const [from, to] = [Math.min(0, least), Math.max(0, most)];
  return from === to ? [0, 1] : [from * 1.06, to * 1.06];
}

function yScale(latest: { readonly current: ChartProps }): uPlot.Scale {
  const { logFrom } = latest.current;
  const least = (own: number): number => Math.min(own, reachOf(latest.current)[0]);
  const most = (own: number): number => Math.max(own, reachOf(latest.current)[1]);
  if (logFrom === undefined) return { range: (_, min, max) => linearRange(least(min), most(max)) };
  return {
    // A `const enum`, of which there is nothing at run time.
    distr: LOGARITHMIC,
    range: (_, min, max) => [
      10 ** Math.floor(Math.log10(Math.max(logFrom, least(min)))),
      10 ** Math.ceil(Math.log10(Math.max(logFrom * 10, most(max)))),
    ],
  };
}

const DAY_SECONDS = 86_400;
/** Hours within a day, else dates: the rest of the page reads the same. */
function timeLabels(_: uPlot, values: number[], __: number, ___: number, step: number): string[] {
  return values.map((value) => {
    const millis = value * 1000;
    if (step >= DAY_SECONDS || startOfDay(millis) === millis) return dayOf(millis);
    return (step < 60 ? timeOfDay : minuteOfDay)(millis);
  });
}
