import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';

import type { Latency, Overview } from '../../api-types.ts';
import { duration, interval } from '../../format.ts';
import { useRangeSelection } from '../../page-context.ts';
import { Chart } from './chart.tsx';
import type { ColourReader } from './colours.ts';
import { isolatedPoints } from './isolated-points.ts';
import { Legend } from './legend.tsx';
import type { OverviewChartProps } from './requests-chart.tsx';
import { Panel } from '../panel.tsx';

/** Each with a dash of its own: not everybody tells the colours apart. */
const PERCENTILES = [
  { name: 'p50', dash: [] },
  { name: 'p95', dash: [6, 3] },
  { name: 'p99', dash: [2, 3] },
] as const satisfies readonly { name: keyof Latency; dash: readonly number[] }[];

/** Percentiles of the latency over time. */
export function LatencyChart({ overview, outdated, releases }: OverviewChartProps): JSX.Element {
  const select = useRangeSelection();
  const [hovered, setHovered] = useState<number>();
  const { series, totals, bucket_millis: width } = overview;
  const data = useMemo(() => lines(overview), [overview]);
  const bucket = hovered === undefined ? undefined : series[hovered];
  const { latency_ms: shown } = bucket ?? totals;
  const items = PERCENTILES.map(({ name }) => ({ name, value: duration(shown[name]), colour: `l-${name}` }));
  const label = `Latency over time: ${PERCENTILES.map(({ name }) => `${name} ${duration(totals.latency_ms[name])}`).join(', ')}`;
  return (
    <Panel
      title="Latency"
      outdated={outdated}
      aside={<Legend items={items} when={bucket && interval(Date.parse(bucket.start), width)} />}
    >
      <Chart
        data={data}
        series={lineSeries}
        span={{ since: Date.parse(overview.since), until: Date.parse(overview.until) }}
        formatValue={duration}
        label={label}
        onHover={setHovered}
        onSelect={select}
        releases={releases}
      />
    </Panel>
  );
}

/** In the middle of their buckets. */
function lines({ series, bucket_millis: width }: Overview): uPlot.AlignedData {
  return [
    series.map(({ start }) => (Date.parse(start) + width / 2) / 1000),
    ...PERCENTILES.map(({ name }) => series.map(({ latency_ms: latency }) => latency[name])),
  ];
}

function lineSeries(colour: ColourReader): uPlot.Series[] {
  return PERCENTILES.map(({ name, dash }) => ({
    stroke: colour(`--l-${name}`),
    width: 1.5,
    dash: [...dash],
    // A bucket without requests has no latency: a line across would make one up.
    spanGaps: false,
    points: isolatedPoints(colour(`--l-${name}`)),
  }));
}
