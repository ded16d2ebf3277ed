import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type uPlot from 'uplot';

import type { Latency, Overview } from '../../answers/overview.ts';
import { duration, interval } from '../../format.ts';
import { useRangeSelection } from '../../page-context.ts';
import { Chart } from './chart.tsx';
import type { ColourReader } from './colours.ts';
import { isolatedPoints } from './isolated-points.ts';
import { Legend } from './legend.tsx';
import { middles } from './middles.ts';
import type { OverviewChartProps } from './requests-chart.tsx';
import { Panel } from '../panel.tsx';

/** Each with a dash of its own: not everybody tells the colours apart. */
const PERCENTILES = [
  { name: 'p50', dash: [] },
  { name: 'p95', dash: [6, 3] },
  { name: 'p99', dash: [2, 3] },
] as const satisfies readonly { name: keyof Latency; dash: readonly number[] }[];

/** A logarithmic axis has no zero, milliseconds. */
const LEAST = 0.01;

/** Percentiles of the latency over time. */
export function LatencyChart({ overview, outdated, beside }: OverviewChartProps): JSX.Element {
  const select = useRangeSelection();
  const [hovered, setHovered] = useState<number>();
  const [isLog, setLog] = useState(true);
  const { series, totals, bucket_millis: width } = overview;
  const data = useMemo(() => lines(overview, isLog), [overview, isLog]);
  const bucket = hovered === undefined ? undefined : series[hovered];
  const { latency_ms: shown } = bucket ?? totals;
  const items = PERCENTILES.map(({ name }) => ({ name, value: duration(shown[name]), colour: `l-${name}` }));
  const label = `Latency over time: ${PERCENTILES.map(({ name }) => `${name} ${duration(totals.latency_ms[name])}`).join(', ')}`;
  return (
    <Panel
      title="Latency"
      outdated={outdated}
      aside={
        <>
          <Legend items={items} when={bucket && interval(Date.parse(bucket.start), width)} />
          <button
            type="button"
            class="quiet small"
            aria-pressed={isLog}
            title="Equal steps of the axis are equal factors"
            onClick={() => setLog(!isLog)}
          >
            log
          </button>
        </>
      }
    >
      <Chart
        data={data}
        series={lineSeries}
        logFrom={isLog ? LEAST : undefined}
        span={{ since: Date.parse(overview.since), until: Date.parse(overview.until) }}
        formatValue={duration}
        reach={beside?.series.flatMap(valuesOf)}
        label={label}
        onHover={setHovered}
        onSelect={select}
      />
    </Panel>
  );
}

function valuesOf({ latency_ms: latency }: Overview['series'][number]): readonly number[] {
  return PERCENTILES.flatMap(({ name }) => latency[name] ?? []);
}

/** In the middle of their buckets. */
function lines({ series, bucket_millis: width, since, until }: Overview, isLog: boolean): uPlot.AlignedData {
  const shown = (millis: number | null): number | null =>
    millis === null || !isLog ? millis : Math.max(LEAST, millis);
  return [
    middles(series, width, { since: Date.parse(since), until: Date.parse(until) }),
    ...PERCENTILES.map(({ name }) => series.map(({ latency_ms: latency }) => shown(latency[name]))),
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
