import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';

import type { MetricNumbers } from '../../answers/metrics.ts';
import { decimal, interval } from '../../format.ts';
import { numbersOf } from '../../filter/number-range.ts';
import { useNarrowing, usePage, useRangeSelection } from '../../page-context.ts';
import { Chart } from '../charts/chart.tsx';
import type { ColourReader } from '../charts/colours.ts';
import type { Bar } from '../charts/common-bins.ts';
import { Histogram } from '../charts/histogram.tsx';
import { isolatedPoints } from '../charts/isolated-points.ts';
import { Legend } from '../charts/legend.tsx';
import { middles } from '../charts/middles.ts';
import type { Span } from '../../time-range.ts';

interface MetricNumbersChartProps {
  readonly name: string;
  readonly numbers: MetricNumbers;
  /** Of its buckets, milliseconds. */
  readonly width: number;
}

/** A metric's numbers over time and as a distribution. */
export function MetricNumbersChart({ name, numbers, width }: MetricNumbersChartProps): JSX.Element {
  const { span, go } = usePage();
  const { to, mayNarrow } = useNarrowing();
  const select = useRangeSelection();
  const [hovered, setHovered] = useState<number>();
  const data = useMemo(() => lines(numbers, width, span), [numbers, width, span]);
  const bucket = hovered === undefined ? undefined : numbers.series[hovered];
  const shown = bucket ?? numbers;
  const items = [
    { name: 'mean', value: decimal(shown.mean), colour: 'l-p50' },
    { name: 'p95', value: decimal(shown.p95), colour: 'l-p95' },
  ];
  const choose = (bar: Bar): void => go(to(numbersOf(name, bar, numbers.histogram[0])));
  return (
    <>
      <p class="range">
        {decimal(numbers.min)} to {decimal(numbers.max)}, median {decimal(numbers.p50)}
      </p>
      <Legend items={items} when={bucket && interval(Date.parse(bucket.start), width)} />
      <Chart
        data={data}
        series={lineSeries}
        span={span}
        formatValue={decimal}
        label={`Over time: mean ${decimal(numbers.mean)}, p95 ${decimal(numbers.p95)}`}
        onHover={setHovered}
        onSelect={select}
      />
      <Histogram
        bars={numbers.histogram}
        format={decimal}
        label="Distribution"
        onSelect={mayNarrow ? choose : undefined}
      />
    </>
  );
}

/** In the middle of their buckets. */
function lines({ series }: MetricNumbers, width: number, span: Span): uPlot.AlignedData {
  return [middles(series, width, span), series.map(({ mean }) => mean), series.map(({ p95 }) => p95)];
}

function lineSeries(colour: ColourReader): uPlot.Series[] {
  return [
    { stroke: colour('--l-p50'), width: 1.5, points: isolatedPoints(colour('--l-p50')) },
    { stroke: colour('--l-p95'), width: 1.5, dash: [6, 3], points: isolatedPoints(colour('--l-p95')) },
  ];
}
