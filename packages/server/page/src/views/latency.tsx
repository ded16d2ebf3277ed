import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Overview } from '../answers/overview.ts';
import type { LatencySpread } from '../answers/latency.ts';
import { usePage } from '../page-context.ts';
import { AnsweredView } from '../parts/answered.tsx';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { Apdex } from '../parts/latency/apdex.tsx';
import { Heatmap } from '../parts/latency/heatmap.tsx';
import { WeekTable } from '../parts/latency/week-table.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { together } from '../read.ts';
import { useRead } from '../hooks/use-read.ts';

/** How long requests take: over time, as a distribution, by the hour of the week, and whether it is fast enough. */
export function LatencyView(): JSX.Element {
  const { threshold } = usePage().state;
  const overview = useRead<Overview>('api/overview');
  const [changes, setChanges] = useState(0);
  const spread = useRead<LatencySpread>('api/latency', { threshold }, true, changes);
  const changed = (): void => setChanges((before) => before + 1);
  return (
    <AnsweredView
      read={together(overview, spread)}
      isEmpty={([{ totals }]) => totals.requests === 0}
      empty={() => <NothingHere what="requests" />}
    >
      {([all, spreadOut]) => {
        const shown = { overview: all, outdated: overview.outdated };
        return (
          <>
            <Heatmap spread={spreadOut} outdated={spread.outdated} />
            <div class="charts">
              <LatencyChart {...shown} />
              <Apdex spread={spreadOut} outdated={spread.outdated} onChanged={changed} />
            </div>
            <OpenRelease />
            <LatencyDistribution {...shown} />
            <WeekTable />
          </>
        );
      }}
    </AnsweredView>
  );
}
