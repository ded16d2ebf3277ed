import type { JSX } from 'preact';

import type { Overview } from '../../answers/overview.ts';
import { duration } from '../../format.ts';
import { latenciesOf } from '../../filter/number-range.ts';
import { usePage, useNarrowing } from '../../page-context.ts';
import { Panel } from '../panel.tsx';
import type { Bar } from './common-bins.ts';
import { Histogram } from './histogram.tsx';
import type { OverviewChartProps } from './requests-chart.tsx';

/** How many requests took how long. A bar chooses its requests. */
export function LatencyDistribution({ overview, outdated, beside }: OverviewChartProps): JSX.Element {
  const { go } = usePage();
  const { to, mayNarrow } = useNarrowing();
  return (
    <Panel title="Latency distribution" outdated={outdated}>
      <Histogram
        bars={barsOf(overview)}
        beside={beside && barsOf(beside)}
        format={duration}
        label="Distribution of the latency"
        onSelect={mayNarrow ? (bar) => go(to(latenciesOf(bar))) : undefined}
      />
    </Panel>
  );
}

function barsOf({ histogram }: Overview): readonly Bar[] {
  return histogram.map(({ from, to, requests }) => ({ from, to, count: requests }));
}
