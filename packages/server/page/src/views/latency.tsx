import type { JSX } from 'preact';

import type { Overview } from '../api-types.ts';
import type { LatencySpread } from '../figure-types.ts';
import { usePage } from '../page-context.ts';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { Apdex } from '../parts/latency/apdex.tsx';
import { Heatmap } from '../parts/latency/heatmap.tsx';
import { WeekTable } from '../parts/latency/week-table.tsx';
import { Loading } from '../parts/loading.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Refused } from '../parts/refused.tsx';
import { useRead } from '../use-read.ts';

/** How long requests take: over time, as a distribution, by the hour of the week, and whether it is fast enough. */
export function LatencyView(): JSX.Element {
  const { threshold } = usePage().state;
  const overview = useRead<Overview>('api/overview');
  const spread = useRead<LatencySpread>('api/latency', { threshold });
  const refused = overview.refused ?? spread.refused;
  if (refused !== undefined) return <Refused why={refused} />;
  if (overview.value === undefined || spread.value === undefined) return <Loading />;
  if (overview.value.totals.requests === 0) return <NothingHere what="requests" />;
  const shown = { overview: overview.value, outdated: overview.outdated };
  return (
    <>
      <Heatmap spread={spread.value} outdated={spread.outdated} />
      <div class="charts">
        <LatencyChart {...shown} />
        <Apdex spread={spread.value} outdated={spread.outdated} />
      </div>
      <LatencyDistribution {...shown} />
      <WeekTable />
    </>
  );
}
