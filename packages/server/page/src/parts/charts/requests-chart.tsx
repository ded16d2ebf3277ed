import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';

import type { Overview, StatusClass } from '../../answers/overview.ts';
import { count, exactCount, interval } from '../../format.ts';
import { useNarrowing, useRangeSelection } from '../../page-context.ts';
import { Chart } from './chart.tsx';
import type { ColourReader } from './colours.ts';
import { Legend } from './legend.tsx';
import { Panel } from '../panel.tsx';
import { STATUS_CLASSES, statusColour } from '../status-class.ts';

/** What a chart of an overview is drawn from. */
export interface OverviewChartProps {
  readonly overview: Overview;
  readonly outdated: boolean;
  /** Another one that is drawn beside it, with the same axes. */
  readonly beside?: Overview | undefined;
}

/** Requests over time, stacked by status class. */
export function RequestsChart({ overview, outdated, beside }: OverviewChartProps): JSX.Element {
  const select = useRangeSelection();
  const { to } = useNarrowing();
  const [hovered, setHovered] = useState<number>();
  const { series, bucket_millis: width } = overview;
  const data = useMemo(() => stacked(overview), [overview]);
  const bucket = hovered === undefined ? undefined : series[hovered];
  const items = STATUS_CLASSES.flatMap((status) => {
    const total = series.reduce((sum, { by_status: by }) => sum + by[status], 0);
    if (total === 0) return [];
    const value = bucket === undefined ? total : bucket.by_status[status];
    return [{ name: nameOf(status), value: count(value), colour: statusColour(status), to: to({ status }) }];
  });
  const label = `Requests over time: ${exactCount(overview.totals.requests)} in all, ${items
    .map(({ name, value }) => `${name} ${value}`)
    .join(', ')}`;
  return (
    <Panel
      title="Requests"
      outdated={outdated}
      aside={<Legend items={items} when={bucket && interval(Date.parse(bucket.start), width)} />}
    >
      <Chart
        data={data}
        series={barSeries}
        span={{ since: Date.parse(overview.since), until: Date.parse(overview.until) }}
        formatValue={count}
        fromBegin
        wholeNumbers
        reach={beside?.series.map(({ requests }) => requests)}
        label={label}
        onHover={setHovered}
        onSelect={select}
      />
    </Panel>
  );
}

function nameOf(status: StatusClass): string {
  return status === 'none' ? 'no status' : status;
}

/** Sums from the bottom up. The tallest bars come first, so that the others are drawn over them. */
function stacked({ series }: Overview): uPlot.AlignedData {
  const rows = STATUS_CLASSES.map(() => [] as number[]);
  for (const bucket of series) {
    let sum = 0;
    for (const [index, status] of STATUS_CLASSES.entries()) {
      sum += bucket.by_status[status];
      rows[index]?.push(sum);
    }
  }
  return [series.map(({ start }) => Date.parse(start) / 1000), ...rows.toReversed()];
}

function barSeries(colour: ColourReader): uPlot.Series[] {
  const paths = uPlot.paths.bars?.({ size: [0.82, 48], align: 1, radius: 0 });
  return STATUS_CLASSES.toReversed().map((status) => ({
    ...(paths !== undefined && { paths }),
    fill: colour(`--${statusColour(status)}`),
    width: 0,
    points: { show: false },
  }));
}
