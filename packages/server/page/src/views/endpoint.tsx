import type { JSX } from 'preact';

import type { Metrics, Overview } from '../api-types.ts';
import { duration } from '../format.ts';
import { useDetails, usePage } from '../page-context.ts';
import { Outcomes, StatusCodes } from '../parts/breakdowns.tsx';
import { ClientList } from '../parts/client-list.tsx';
import { Figures } from '../parts/figures.tsx';
import { Histogram } from '../parts/charts/histogram.tsx';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatestEvents } from '../parts/events/latest-events.tsx';
import { Link } from '../parts/link.tsx';
import { Loading } from '../parts/loading.tsx';
import { MetricDetailPanel } from '../parts/metric-detail.tsx';
import { NothingHere } from '../parts/nothing-here.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { useRead } from '../use-read.ts';

/** Everything about one endpoint. */
export function EndpointView(): JSX.Element {
  const { method, endpoint } = usePage().state;
  // Another endpoint is another view: nothing of the one before may show for a moment.
  return <Endpoint key={`${method} ${endpoint}`} />;
}

function Endpoint(): JSX.Element {
  const { state, canGo } = usePage();
  const { method, endpoint } = state;
  const only = { method, endpoint };
  const { value: overview, outdated, refused } = useRead<Overview>('api/overview', only);
  return (
    <>
      <div class="title">
        {canGo({ view: 'overview' }) && <Link to={{ view: 'overview' }}>Overview</Link>}
        <h1>
          <span class="method">{method}</span> <bdi>{endpoint}</bdi>
        </h1>
      </div>
      {refused !== undefined && <Refused why={refused} />}
      {overview === undefined && refused === undefined && <Loading />}
      {overview !== undefined && <Body overview={overview} outdated={outdated} only={only} />}
    </>
  );
}

interface BodyProps {
  readonly overview: Overview;
  readonly outdated: boolean;
  readonly only: { readonly method: string | undefined; readonly endpoint: string | undefined };
}

function Body({ overview, outdated, only }: BodyProps): JSX.Element {
  const hasDetails = useDetails();
  const metrics = useRead<Metrics>('api/custom-metrics', only).value?.metrics ?? [];
  if (overview.totals.requests === 0) return <NothingHere what="requests to this endpoint" />;
  const shown = { overview, outdated };
  const bars = overview.histogram.map(({ from, to, requests }) => ({ from, to, count: requests }));
  return (
    <>
      <Figures overview={overview} withRate={false} />
      <div class="charts">
        <RequestsChart {...shown} />
        <LatencyChart {...shown} />
      </div>
      <div class="halves">
        <Panel title="Latency distribution" outdated={outdated}>
          <Histogram bars={bars} format={duration} label="Distribution of the latency" />
        </Panel>
        <div class="halves inner">
          <StatusCodes {...shown} />
          <Outcomes {...shown} />
        </div>
      </div>
      <div class="columns">
        {metrics.map(({ name }) => (
          <MetricDetailPanel key={name} name={name} only={only} />
        ))}
        {hasDetails && <ClientList requests={overview.totals.requests} only={only} />}
      </div>
      {hasDetails && <LatestEvents {...only} />}
    </>
  );
}
