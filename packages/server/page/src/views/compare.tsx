import type { JSX } from 'preact';

import type { Overview } from '../api-types.ts';
import { endpointText } from '../endpoint-text.ts';
import { changed, type Filter } from '../filter/filter.ts';
import { PageContextHolder, usePage, type PageContext } from '../page-context.ts';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { AgainstForm } from '../parts/compare/against-form.tsx';
import { Figures } from '../parts/figures.tsx';
import { Loading } from '../parts/loading.tsx';
import { WithinLandmark } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import type { UrlState } from '../url-state.ts';
import { useRead } from '../use-read.ts';

/** Two applications, endpoints, releases or environments side by side, in the same range and under the same filter. */
export function CompareView(): JSX.Element {
  const page = usePage();
  const { against, filter } = page.state;
  const { clientId, method, endpoint, release = filter.release, environment = filter.environment } = against;
  const change = { method, endpoint, release, environment };
  const other = { ...page.state, clientId, filter: changed(filter, change) };
  return (
    <>
      <AgainstForm />
      <div class="halves compare">
        <Side />
        <PageContextHolder.Provider value={ofOther(page, other)}>
          <Side />
        </PageContextHolder.Provider>
      </div>
    </>
  );
}

/** What is shown there is about the other one, and so is where it leads. */
function ofOther(page: PageContext, state: UrlState): PageContext {
  const { clientId, filter } = state;
  return {
    ...page,
    state,
    go: (change, replace) => page.go({ clientId, filter, ...change }, replace),
    link: (change) => page.link({ clientId, filter, ...change }),
  };
}

function Side(): JSX.Element {
  const { clientId, filter } = usePage().state;
  const { value: overview, outdated, refused } = useRead<Overview>('api/overview');
  const name = sideName(filter, clientId);
  return (
    <section class="side" aria-label={name}>
      <h2>
        <bdi>{name}</bdi>
      </h2>
      {refused !== undefined && <Refused why={refused} />}
      {overview === undefined && refused === undefined && <Loading />}
      {overview !== undefined && (
        <WithinLandmark.Provider value>
          <Figures overview={overview} withRate={false} />
          <RequestsChart overview={overview} outdated={outdated} />
          <LatencyChart overview={overview} outdated={outdated} />
          <LatencyDistribution overview={overview} outdated={outdated} />
        </WithinLandmark.Provider>
      )}
    </section>
  );
}

/** Such as `POST /checkout of shop, release 1.4.2, production`. */
function sideName(filter: Filter, clientId: string | undefined): string {
  const whose = [endpointText(filter), clientId ?? 'all applications'].filter((text) => text !== '');
  const { release, environment } = filter;
  const parts = [whose.join(' of '), release && `release ${release}`, environment];
  return parts.filter((text) => text !== undefined).join(', ');
}
