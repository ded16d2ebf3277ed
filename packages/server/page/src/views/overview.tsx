import type { JSX } from 'preact';

import type { Overview } from '../answers/overview.ts';
import type { Sources } from '../answers/senders.ts';
import { AnsweredView } from '../parts/answered.tsx';
import { Methods, Outcomes } from '../parts/breakdowns.tsx';
import { ClientList } from '../parts/client-list.tsx';
import { Connect } from '../parts/connect.tsx';
import { EndpointTable } from '../parts/endpoints/endpoint-table.tsx';
import { Figures } from '../parts/figures.tsx';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { usePage, useDetails } from '../page-context.ts';
import { useRead } from '../hooks/use-read.ts';

/** Everything about an application on one screen. */
export function OverviewView(): JSX.Element {
  const read = useRead<Overview>('api/overview');
  const hasDetails = useDetails();
  return (
    <AnsweredView read={read} isEmpty={({ totals }) => totals.requests === 0} empty={() => <NoRequests />}>
      {(overview) => {
        const shown = { overview, outdated: read.outdated };
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
      }}
    </AnsweredView>
  );
}

/** What to do where there is nothing to see. A share link does not tell who sends. */
function NoRequests(): JSX.Element {
  const isShared = usePage().session?.share !== undefined;
  const sources = useRead<Sources>('api/sources', { limit: 1 }, !isShared);
  if (isShared) return <NothingHere what="requests" />;
  return (
    <AnsweredView
      read={sources}
      isEmpty={({ client_ids: applications }) => applications.length === 0}
      empty={() => <Connect />}
    >
      {() => <NothingHere what="requests" />}
    </AnsweredView>
  );
}
