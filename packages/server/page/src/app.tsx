import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Session } from './answers/session.ts';
import { getJson, serverNow, signOut, type ApiFailure } from './api.ts';
import { endpointText } from './endpoint-text.ts';
import { PageContextHolder, type PageContext } from './page-context.ts';
import { failureText } from './parts/access/failure-text.ts';
import { Header } from './parts/header.tsx';
import { Notice } from './parts/notice.tsx';
import { Refused } from './parts/refused.tsx';
import { MarkedReleases } from './parts/releases/marked-releases.tsx';
import { refreshMillis, spanAt } from './time-range.ts';
import { formatState, moved, type View } from './url-state.ts';
import { useFocusOnView } from './hooks/use-focus-on-view.ts';
import { useAnswering } from './hooks/use-answering.ts';
import { useSeen } from './hooks/use-seen.ts';
import { useTheme } from './hooks/use-theme.ts';
import { useTick } from './hooks/use-tick.ts';
import { useUrlState } from './hooks/use-url-state.ts';
import { AlertsView } from './views/alerts.tsx';
import { ConsumersView } from './views/consumers.tsx';
import { CompareView } from './views/compare.tsx';
import { EndpointView } from './views/endpoint.tsx';
import { ErrorsView } from './views/errors.tsx';
import { LatencyView } from './views/latency.tsx';
import { LiveView } from './views/live.tsx';
import { MetricsView } from './views/metrics.tsx';
import { OverviewView } from './views/overview.tsx';
import { RequestsView } from './views/requests.tsx';
import { SignInView } from './views/sign-in.tsx';
import { SourcesView } from './views/sources.tsx';
import { TokensView } from './views/tokens.tsx';

const TITLES: Readonly<Record<View, string>> = {
  overview: 'Overview',
  requests: 'Requests',
  errors: 'Errors',
  latency: 'Latency',
  compare: 'Compare',
  live: 'Live',
  consumers: 'Consumers',
  metrics: 'Metrics',
  sources: 'Sources',
  alerts: 'Alerts',
  tokens: 'Tokens',
  endpoint: 'Endpoint',
};

/** The page: who is reading, what the URL says, and the view that follows from it. */
export function App(): JSX.Element {
  const [state, go] = useUrlState();
  const theme = useTheme();
  const [session, setSession] = useState<Session>();
  const [failure, setFailure] = useState<ApiFailure>();
  const [attempt, setAttempt] = useState(0);
  /** Why the server has not let the reader out. */
  const [staying, setStaying] = useState<string>();
  const { isDown, retry, isSignedOut, signedIn, report } = useAnswering();
  const isSeen = useSeen();
  const own = useRef({});
  const tick = useTick(state.refresh && !isSignedOut ? refreshMillis(state.range) : undefined);
  // Anew with the session: how far the clock of the reader is wrong is known from the first answer on.
  const span = useMemo(() => spanAt(state.range, serverNow()), [state.range, tick, session]);

  useEffect(() => {
    if (session !== undefined) return undefined;
    const controller = new AbortController();
    getJson<Session>('api/session', controller.signal)
      .then((result) => {
        if (result.ok) setSession(result.value);
        if (result.ok) signedIn();
        const why = result.ok ? undefined : result.failure;
        setFailure(why);
        report(own.current, why);
      })
      .catch(() => undefined);
    return () => controller.abort();
    // Who was signed out may have signed in in another tab.
  }, [session, isSignedOut, tick, retry, isSeen, attempt]);
  useEffect(() => {
    // Who signs in next may be somebody else.
    if (isSignedOut) setSession(undefined);
  }, [isSignedOut]);
  const what = state.view === 'endpoint' ? endpointText(state.filter) : '';
  useEffect(() => {
    document.title = `${what === '' ? TITLES[state.view] : what} · Cerberus`;
  }, [state]);

  const main = useFocusOnView(`${state.view} ${what}`);

  const page: PageContext = {
    state,
    go,
    canGo: () => true,
    link: (change) => formatState(moved(state, change)),
    span,
    tick,
    retry,
    session,
    report,
    theme: theme.shown,
  };
  const leave = async (): Promise<void> => {
    const result = await signOut();
    const isOut = result.ok || result.failure.kind === 'signed_out';
    // Who believes to be signed out leaves the browser to others.
    setStaying(isOut ? undefined : failureText(result.failure));
    if (isOut) report(own.current, { kind: 'signed_out' });
  };
  return (
    <PageContextHolder.Provider value={page}>
      {isSignedOut ? (
        <SignInView onSignedIn={signedIn} />
      ) : (
        <>
          <a class="skip" href="#main">
            Skip to content
          </a>
          <Header theme={theme} onSignOut={session?.sign_in === true ? () => void leave() : undefined} />
          {staying !== undefined && (
            <p role="alert" class="notice">
              You are still signed in. {staying}
            </p>
          )}
          <Notice isDown={isDown} />
          <main id="main" ref={main} tabIndex={-1}>
            {state.view !== 'endpoint' && <h1 class="unseen">{TITLES[state.view]}</h1>}
            {failure?.kind === 'refused' && (
              <Refused why={failure.message} again={() => setAttempt(attempt + 1)} />
            )}
            {session !== undefined && <MarkedReleases>{view(state.view)}</MarkedReleases>}
          </main>
        </>
      )}
    </PageContextHolder.Provider>
  );
}

function view(name: View): ComponentChildren {
  if (name === 'requests') return <RequestsView />;
  if (name === 'errors') return <ErrorsView />;
  if (name === 'latency') return <LatencyView />;
  if (name === 'compare') return <CompareView />;
  if (name === 'live') return <LiveView />;
  if (name === 'consumers') return <ConsumersView />;
  if (name === 'metrics') return <MetricsView />;
  if (name === 'sources') return <SourcesView />;
  if (name === 'alerts') return <AlertsView />;
  if (name === 'tokens') return <TokensView />;
  if (name === 'endpoint') return <EndpointView />;
  return <OverviewView />;
}
