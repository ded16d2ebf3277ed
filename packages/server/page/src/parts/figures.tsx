import type { JSX } from 'preact';

import type { Overview } from '../answers/overview.ts';
import { change, changeOfShare, count, duration, exactCount, rate, share } from '../format.ts';
import { slowerThan } from '../filter/number-range.ts';
import { useNarrowing, usePage } from '../page-context.ts';
import { nameOf } from '../time-range.ts';
import type { UrlState } from '../url-state.ts';
import { Link } from './link.tsx';
import { Stat } from './stat.tsx';

interface FiguresProps {
  readonly overview: Overview;
  readonly outdated: boolean;
  /** The rate of the moment is of the whole application, not of one endpoint. */
  readonly withRate: boolean;
}

/** The figures of the range, each with the change against the range before. */
export function Figures({
  overview: { now, totals, previous, not_compared: notCompared, estimated },
  outdated,
  withRate,
}: FiguresProps): JSX.Element {
  const { state, session } = usePage();
  const { to } = useNarrowing();
  const perSecond = withRate ? now.requests_per_second : null;
  const before = 'preset' in state.range ? `the ${nameOf(state.range.preset)} before` : 'the range before';
  const slower = (millis: number | null): Partial<UrlState> | undefined =>
    millis === null ? undefined : to(slowerThan(millis, estimated), { view: 'requests', order: 'slowest' });
  const latency = (name: 'p50' | 'p95' | 'p99'): JSX.Element => (
    <Stat
      name={`Latency ${name}`}
      value={duration(totals.latency_ms[name])}
      change={change(totals.latency_ms[name], previous?.latency_ms[name] ?? null)}
      bad="up"
      to={slower(totals.latency_ms[name])}
    />
  );
  return (
    <div
      class="figures"
      role="group"
      aria-label={previous === null ? 'Figures' : `Figures, compared with ${before}`}
      aria-busy={outdated}
    >
      <dl class={perSecond === null ? 'stats' : 'stats with-rate'}>
        {perSecond !== null && (
          <Stat name="Now" value={`${rate(perSecond)}\u202F/s`} note="requests" to={{ view: 'live' }} />
        )}
        <Stat
          name="Requests"
          value={count(totals.requests)}
          exact={exactCount(totals.requests)}
          change={change(totals.requests, previous?.requests ?? null)}
          to={to({}, { view: 'requests' })}
        />
        <Stat
          name="Error rate"
          value={share(totals.errors, totals.requests)}
          exact={`${exactCount(totals.errors)} errors`}
          change={changeOfShare(ratio(totals), previous && ratio(previous))}
          bad="up"
          to={to({ failed: 'true' }, { view: 'requests' })}
        />
        {latency('p50')}
        {latency('p95')}
        {latency('p99')}
        <Stat
          name="Clients"
          value={`${estimated ? '≈\u202F' : ''}${count(totals.clients)}`}
          exact={
            estimated
              ? `about ${exactCount(totals.clients)}, with a standard error of at most 1.6 %`
              : exactCount(totals.clients)
          }
          change={change(totals.clients, previous?.clients ?? null)}
        />
      </dl>
      <p class="compared">
        {notCompared === null
          ? `Changes are against ${before}.`
          : `Not compared with ${before}: ${WHY_NOT[notCompared]}.`}
        {rotationNote(session?.rotate_key)}
        {session?.share === undefined && state.view !== 'compare' && (
          <>
            {' '}
            <Link to={{ view: 'compare' }}>Compare with another</Link>
          </>
        )}
      </p>
    </div>
  );
}

/** Why there is nothing to compare with. */
const WHY_NOT: Readonly<Record<'not_kept' | 'few_requests', string>> = {
  not_kept: 'not kept as a whole',
  few_requests: 'fewer than 100 requests',
};

/** What a reader of the number of clients has to know. */
function rotationNote(when = 'off'): string {
  if (when === 'off') return '';
  return ` The key of the clients\u2019 pseudonyms changes ${when} (UTC): a client on both sides of a change counts as two.`;
}

function ratio({ errors, requests }: { readonly errors: number; readonly requests: number }): number | null {
  return requests === 0 ? null : errors / requests;
}
