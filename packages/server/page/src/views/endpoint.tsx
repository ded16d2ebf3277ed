import type { JSX } from 'preact';

import type { Metrics } from '../answers/metrics.ts';
import type { Overview } from '../answers/overview.ts';
import { useDetails, usePage } from '../page-context.ts';
import { endpointText, nameParts } from '../endpoint-text.ts';
import { ENDPOINT, without } from '../filter/filter.ts';
import { Outcomes, StatusCodes } from '../parts/breakdowns.tsx';
import { ClientList } from '../parts/client-list.tsx';
import { Figures } from '../parts/figures.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatestEvents } from '../parts/events/latest-events.tsx';
import { Link } from '../parts/link.tsx';
import { Loading } from '../parts/loading.tsx';
import { MetricDetailPanel } from '../parts/metrics/metric-detail.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Paths } from '../parts/paths.tsx';
import { Panel } from '../parts/panel.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { Refused, RefusedLine } from '../parts/refused.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { useRead } from '../hooks/use-read.ts';

/** Everything about one endpoint. */
export function EndpointView(): JSX.Element {
  // Another endpoint is another view: nothing of the one before may show for a moment.
  return <Endpoint key={endpointText(usePage().state.filter)} />;
}

function Endpoint(): JSX.Element {
  const { state, canGo } = usePage();
  const { method, endpoint = '' } = state.filter;
  const { name, isInferred } = nameParts(endpoint);
  const up = { view: 'overview', filter: without(state.filter, ENDPOINT) } as const;
  const { value: overview, outdated, refused, again } = useRead<Overview>('api/overview');
  return (
    <>
      <div class="title">
        {canGo(up) && <Link to={up}>Overview</Link>}
        <h1>
          {method !== undefined && <span class="method">{method}</span>} <bdi>{name}</bdi>
        </h1>
        {isInferred && <span class="muted">inferred from paths, for the application names no routes</span>}
      </div>
      {refused !== undefined && <Refused why={refused} again={again} />}
      {overview === undefined && refused === undefined && <Loading />}
      {overview !== undefined && refused === undefined && <Body overview={overview} outdated={outdated} />}
    </>
  );
}

interface BodyProps {
  readonly overview: Overview;
  readonly outdated: boolean;
}

function Body({ overview, outdated }: BodyProps): JSX.Element {
  const hasDetails = useDetails();
  const { state, session } = usePage();
  const { isBucket, isInferred } = nameParts(state.filter.endpoint ?? '');
  const isOfPaths = (isBucket || isInferred) && session?.share === undefined;
  const metrics = useRead<Metrics>('api/custom-metrics');
  if (overview.totals.requests === 0 && outdated) return <Loading />;
  if (overview.totals.requests === 0) return <NothingHere what="requests to this endpoint" />;
  const shown = { overview, outdated };
  return (
    <>
      <Figures {...shown} withRate={false} />
      <div class="charts">
        <RequestsChart {...shown} />
        <LatencyChart {...shown} />
      </div>
      <OpenRelease />
      <div class="halves">
        <LatencyDistribution {...shown} />
        <div class="halves inner">
          <StatusCodes {...shown} />
          <Outcomes {...shown} />
        </div>
      </div>
      <div class="columns">
        {metrics.refused !== undefined && (
          <Panel title="Metrics">
            <RefusedLine why={metrics.refused} again={metrics.again} />
          </Panel>
        )}
        {metrics.value?.metrics.map(({ name }) => (
          <MetricDetailPanel key={name} name={name} byEndpoint={false} />
        ))}
        {isOfPaths && <Paths />}
        {hasDetails && <ClientList requests={overview.totals.requests} />}
      </div>
      {hasDetails && <LatestEvents />}
    </>
  );
}
