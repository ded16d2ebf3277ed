import type { JSX } from 'preact';

import type { Overview } from '../answers/overview.ts';
import type { Sources } from '../answers/senders.ts';
import { Methods, Outcomes } from '../parts/breakdowns.tsx';
import { ClientList } from '../parts/client-list.tsx';
import { Connect } from '../parts/connect.tsx';
import { EndpointTable } from '../parts/endpoints/endpoint-table.tsx';
import { Figures } from '../parts/figures.tsx';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { Loading } from '../parts/loading.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Refused } from '../parts/refused.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { usePage, useDetails } from '../page-context.ts';
import { useRead } from '../hooks/use-read.ts';

/** Everything about an application on one screen. */
export function OverviewView(): JSX.Element {
  const { value: overview, outdated, refused, again } = useRead<Overview>('api/overview');
  const isEmpty = overview?.totals.requests === 0;
  const isShared = usePage().session?.share !== undefined;
  const hasDetails = useDetails();
  const sources = useRead<Sources>('api/sources', { limit: 1 }, isEmpty && !isShared);
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  // That there is nothing is said of no other question than the one that was asked.
  if (overview === undefined || (isEmpty && outdated)) return <Loading />;
  if (isEmpty && isShared) return <NothingHere what="requests" />;
  if (isEmpty) {
    if (sources.refused !== undefined) return <Refused why={sources.refused} again={sources.again} />;
    if (sources.value === undefined) return <Loading />;
    return sources.value.client_ids.length === 0 ? <Connect /> : <NothingHere what="requests" />;
  }
  const shown = { overview, outdated };
  return (
    <>
      <Figures {...shown} withRate />
      <div class="charts">
        <RequestsChart {...shown} />
        <LatencyChart {...shown} />
      </div>
      <OpenRelease />
      <EndpointTable />
      <div class={hasDetails ? 'thirds' : 'halves'}>
        <Methods {...shown} />
        <Outcomes {...shown} />
        {hasDetails && <ClientList requests={overview.totals.requests} />}
      </div>
    </>
  );
}
