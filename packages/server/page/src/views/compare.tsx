import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Overview } from '../answers/overview.ts';
import { endpointText } from '../endpoint-text.ts';
import { changed, type Filter } from '../filter/filter.ts';
import { PageContextHolder, usePage, type PageContext } from '../page-context.ts';
import { LatencyChart } from '../parts/charts/latency-chart.tsx';
import { LatencyDistribution } from '../parts/charts/latency-distribution.tsx';
import { RequestsChart } from '../parts/charts/requests-chart.tsx';
import { AgainstForm } from '../parts/compare/against-form.tsx';
import { Figures } from '../parts/figures.tsx';
import { Loading } from '../parts/loading.tsx';
import { MarkedReleases } from '../parts/releases/marked-releases.tsx';
import { OpenRelease } from '../parts/releases/open-release.tsx';
import { WithinLandmark } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import type { UrlState } from '../url-state.ts';
import { useRead } from '../hooks/use-read.ts';

/** Two applications, endpoints, releases or environments side by side, in the same range, under the same filter and over the same axes. */
export function CompareView(): JSX.Element {
  const page = usePage();
  const [here, setHere] = useState<Overview>();
  const [there, setThere] = useState<Overview>();
  const { against, filter } = page.state;
  const { clientId, method, endpoint, release = filter.release, environment = filter.environment } = against;
  const change = { method, endpoint, release, environment };
  const other = { ...page.state, clientId, filter: changed(filter, change) };
  return (
    <>
      <AgainstForm />
      <div class="halves compare">
        <Side onRead={setHere} beside={there} />
        <PageContextHolder.Provider value={ofOther(page, other)}>
          <MarkedReleases>
            <Side onRead={setThere} beside={here} />
          </MarkedReleases>
        </PageContextHolder.Provider>
      </div>
      <OpenRelease />
    </>
  );
}

/** What both sides have. */
const COMMON: readonly string[] = ['range', 'openRelease'] satisfies readonly (keyof UrlState)[];

/** What is shown there is about the other one, and so is where it leads; what both sides have changes in both. */
function ofOther(page: PageContext, state: UrlState): PageContext {
  const { clientId, filter } = state;
  const whole = (change: Partial<UrlState>): Partial<UrlState> =>
    Object.keys(change).every((name) => COMMON.includes(name)) ? change : { clientId, filter, ...change };
  return {
    ...page,
    state,
    go: (change, replace) => page.go(whole(change), replace),
    link: (change) => page.link(whole(change)),
  };
}

interface SideProps {
  readonly onRead: (overview: Overview | undefined) => void;
  /** What the other side shows. */
  readonly beside: Overview | undefined;
}

function Side({ onRead, beside }: SideProps): JSX.Element {
  const { clientId, filter } = usePage().state;
  const { value: overview, outdated, refused, again } = useRead<Overview>('api/overview');
  useEffect(() => onRead(overview), [overview]);
  const name = sideName(filter, clientId);
  const shown = { outdated, beside };
  return (
    <section class="side" aria-label={name}>
      <h2>
        <bdi>{name}</bdi>
      </h2>
      {refused !== undefined && <Refused why={refused} again={again} />}
      {overview === undefined && refused === undefined && <Loading />}
      {overview !== undefined && refused === undefined && (
        <WithinLandmark.Provider value>
          <Figures overview={overview} outdated={outdated} withRate={false} />
          <RequestsChart overview={overview} {...shown} />
          <LatencyChart overview={overview} {...shown} />
          <LatencyDistribution overview={overview} {...shown} />
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
