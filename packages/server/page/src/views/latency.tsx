import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Overview } from '../answers/overview.ts';
import type { LatencySpread } from '../answers/latency.ts';
import { usePage } from '../page-context.ts';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { Apdex } from '../parts/latency/apdex.tsx';
import { Heatmap } from '../parts/latency/heatmap.tsx';
import { WeekTable } from '../parts/latency/week-table.tsx';
import { Loading } from '../parts/loading.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { Refused } from '../parts/refused.tsx';
import { together } from '../read.ts';
import { useRead } from '../hooks/use-read.ts';

/** How long requests take: over time, as a distribution, by the hour of the week, and whether it is fast enough. */
export function LatencyView(): JSX.Element {
  const { threshold } = usePage().state;
  const overview = useRead<Overview>('api/overview');
  const [changes, setChanges] = useState(0);
  const spread = useRead<LatencySpread>('api/latency', { threshold }, true, changes);
  const { value, refused, again } = together(overview, spread);
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  if (value === undefined) return <Loading />;
  const [all, spreadOut] = value;
  if (all.totals.requests === 0 && overview.outdated) return <Loading />;
  if (all.totals.requests === 0) return <NothingHere what="requests" />;
  const shown = { overview: all, outdated: overview.outdated };
  return (
    <>
      <Heatmap spread={spreadOut} outdated={spread.outdated} />
      <div class="charts">
        <LatencyChart {...shown} />
        <Apdex
          spread={spreadOut}
          outdated={spread.outdated}
          onChanged={() => setChanges((before) => before + 1)}
        />
      </div>
      <OpenRelease />
      <LatencyDistribution {...shown} />
      <WeekTable />
    </>
  );
}
