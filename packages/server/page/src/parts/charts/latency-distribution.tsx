import type { JSX } from 'preact';

import type { Overview } from '../../api-types.ts';
import { duration } from '../../format.ts';
import { numberText } from '../../filter/filter.ts';
import { usePage, useNarrowing } from '../../page-context.ts';
import { Panel } from '../panel.tsx';
import { Histogram } from './histogram.tsx';

interface LatencyDistributionProps {
  readonly overview: Overview;
  readonly outdated: boolean;
}

/** How many requests took how long. A bar chooses its requests. */
export function LatencyDistribution({ overview, outdated }: LatencyDistributionProps): JSX.Element {
  const { go } = usePage();
  const { to, mayNarrow } = useNarrowing();
  const bars = overview.histogram.map((bar) => ({ from: bar.from, to: bar.to, count: bar.requests }));
  return (
    <Panel title="Latency distribution" outdated={outdated}>
      <Histogram
        bars={bars}
        format={duration}
        label="Distribution of the latency"
        onSelect={
          mayNarrow
            ? (bar) => go(to({ latency_ms_min: numberText(bar.from), latency_ms_max: numberText(bar.to) }))
            : undefined
        }
      />
    </Panel>
  );
}
