import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Session } from '../answers/session.ts';
import type { SharedView } from '../answers/shares.ts';
import { getJson, serverNow } from '../api.ts';
import { PageContextHolder, type PageContext } from '../page-context.ts';
import { Notice } from '../parts/notice.tsx';
import { Refused } from '../parts/refused.tsx';
import { refreshMillis, spanAt } from '../time-range.ts';
import type { UrlState } from '../url-state.ts';
import { useAnswering } from '../hooks/use-answering.ts';
import { useTheme } from '../hooks/use-theme.ts';
import { useTick } from '../hooks/use-tick.ts';
import { endpointText } from '../endpoint-text.ts';
import { EndpointView } from '../views/endpoint.tsx';
import { MetricsView } from '../views/metrics.tsx';
import { OverviewView } from '../views/overview.tsx';
import { LinkEnded } from './link-ended.tsx';
import { SharedHeader } from './shared-header.tsx';
import { isChoice, sharedState, type Choice } from './shared-state.ts';

/** At least so often it is asked whether the link is still valid. */
const ASK_MILLIS = 30_000;

/** The page as a share link opens it: one view, and nothing of whoever may be signed in in this browser. */
export function SharedApp(): JSX.Element {
  const theme = useTheme(false);
  const [session, setSession] = useState<Session>();
  const [refused, setRefused] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const [choice, choose] = useState<Partial<Choice>>({});
  // For good: what ended does not begin again, and nothing is asked any more.
  const { isDown, retry, isSignedOut: isOver, report } = useAnswering();
  const own = useRef({});
  const share = session?.share;
  const state = useMemo(() => share && { ...sharedState(share), ...choice }, [share, choice]);
  const refreshed = (state && refreshMillis(state.range)) ?? ASK_MILLIS;
  const tick = useTick(isOver ? undefined : refreshed);

  useEffect(() => {
    if (isOver) return undefined;
    const controller = new AbortController();
    getJson<Session>('api/session', controller.signal)
      .then((result) => {
        if (result.ok) setSession((before) => (isSame(before, result.value) ? before : result.value));
        const failure = result.ok ? undefined : result.failure;
        const refusal = failure?.kind === 'refused' ? failure : undefined;
        setRefused(refusal?.message);
        // For the server only a wrong one is ever one too many; a proxy counts those that are right, too.
        const isWrong = refusal?.status === 429 && refusal.isOfServer;
        report(own.current, isWrong ? { kind: 'signed_out' } : failure);
      })
      .catch(() => undefined);
    return () => controller.abort();
  }, [tick, retry, isOver, attempt]);

  if (isOver) return <LinkEnded />;
  if (session === undefined || share === undefined || state === undefined)
    return (
      <>
        <Notice isDown={isDown} />
        <main>
          {refused !== undefined && <Refused why={refused} again={() => setAttempt(attempt + 1)} />}
        </main>
      </>
    );
  const page = { session, share, state, tick, retry, report, choose, theme };
  return <Shown {...page} isDown={isDown} />;
}

interface ShownProps extends Pick<PageContext, 'state' | 'tick' | 'retry' | 'report'> {
  readonly session: Session;
  readonly share: SharedView;
  readonly choose: (choice: Partial<Choice>) => void;
  readonly theme: ReturnType<typeof useTheme>;
  readonly isDown: boolean;
}

function Shown({
  session,
  share,
  state,
  tick,
  retry,
  report,
  choose,
  theme,
  isDown,
}: ShownProps): JSX.Element {
  const span = useMemo(() => spanAt(state.range, serverNow()), [state.range, tick]);
  const canGo = (change: Partial<UrlState>): boolean => isChoice(share, change);
  const page: PageContext = {
    state,
    go: (change) => {
      const { sort = state.sort, metric = state.metric } = change;
      if (canGo(change)) choose({ sort, metric });
    },
    canGo,
    // The link itself: there is no other address.
    link: () => location.hash,
    span,
    tick,
    retry,
    session,
    report,
    theme: theme.shown,
  };
  const title = titleOf(state);
  useEffect(() => {
    document.title = `${title} · Cerberus`;
  }, [title]);
  return (
    <PageContextHolder.Provider value={page}>
      <SharedHeader share={share} theme={theme} />
      <Notice isDown={isDown} />
      <main id="main" tabIndex={-1}>
        {state.view !== 'endpoint' && <h1 class="unseen">{title}</h1>}
        <SharedViewOf view={state.view} />
      </main>
    </PageContextHolder.Provider>
  );
}

function SharedViewOf({ view }: Pick<UrlState, 'view'>): JSX.Element {
  if (view === 'endpoint') return <EndpointView />;
  if (view === 'metrics') return <MetricsView />;
  return <OverviewView />;
}

function titleOf({ view, filter }: UrlState): string {
  if (view === 'endpoint') return endpointText(filter);
  return view === 'metrics' ? 'Metrics' : 'Overview';
}

function isSame(one: Session | undefined, other: Session): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
