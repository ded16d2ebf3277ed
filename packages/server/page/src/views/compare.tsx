import type { JSX } from 'preact';

import type { Overview } from '../api-types.ts';
import { endpointText } from '../endpoint-text.ts';
import { changed } from '../filter/filter.ts';
import { PageContextHolder, usePage, type PageContext } from '../page-context.ts';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { AgainstForm } from '../parts/compare/against-form.tsx';
import { Figures } from '../parts/figures.tsx';
import { Loading } from '../parts/loading.tsx';
import { Refused } from '../parts/refused.tsx';
import type { UrlState } from '../url-state.ts';
import { useRead } from '../use-read.ts';

/** Two applications or endpoints side by side, in the same range and under the same filter. */
export function CompareView(): JSX.Element {
  const page = usePage();
  const { against, filter } = page.state;
  const { clientId, method, endpoint } = against;
  const other = { ...page.state, clientId, filter: changed(filter, { method, endpoint }) };
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
  const name = [endpointText(filter), clientId ?? 'all applications'].filter((text) => text !== '');
  return (
    <section class="side" aria-label={name.join(' of ')}>
      <h2>
        <bdi>{name.join(' of ')}</bdi>
      </h2>
      {refused !== undefined && <Refused why={refused} />}
      {overview === undefined && refused === undefined && <Loading />}
      {overview !== undefined && (
        <>
          <Figures overview={overview} withRate={false} />
          <RequestsChart overview={overview} outdated={outdated} />
          <LatencyChart overview={overview} outdated={outdated} />
          <LatencyDistribution overview={overview} outdated={outdated} />
        </>
      )}
    </section>
  );
}
