import type { JSX } from 'preact';

import type { Overview } from '../api-types.ts';
import { change, changeOfShare, count, duration, exactCount, rate, share } from '../format.ts';
import { usePage } from '../page-context.ts';
import { nameOf } from '../time-range.ts';
import { Stat } from './stat.tsx';

interface FiguresProps {
  readonly overview: Overview;
  /** The rate of the moment is of the whole application, not of one endpoint. */
  readonly withRate: boolean;
}

/** The figures of the range, each with the change against the range before. */
export function Figures({
  overview: { now, totals, previous, estimated },
  withRate,
}: FiguresProps): JSX.Element {
  const { state, session } = usePage();
  const before = 'preset' in state.range ? `the ${nameOf(state.range.preset)} before` : 'the range before';
  const latency = (name: 'p50' | 'p95' | 'p99'): JSX.Element => (
    <Stat
      name={`Latency ${name}`}
      value={duration(totals.latency_ms[name])}
      change={change(totals.latency_ms[name], previous.latency_ms[name])}
      bad="up"
    />
  );
  return (
    <section aria-label={`Figures, compared with ${before}`}>
      <dl class={withRate ? 'stats with-rate' : 'stats'}>
        {withRate && now.requests_per_second !== null && (
          <Stat name="Now" value={`${rate(now.requests_per_second)}\u202F/s`} note="requests" />
        )}
        <Stat
          name="Requests"
          value={count(totals.requests)}
          exact={exactCount(totals.requests)}
          change={change(totals.requests, previous.requests)}
        />
        <Stat
          name="Error rate"
          value={share(totals.errors, totals.requests)}
          exact={`${exactCount(totals.errors)} errors`}
          change={changeOfShare(ratio(totals), ratio(previous))}
          bad="up"
        />
        {latency('p50')}
        {latency('p95')}
        {latency('p99')}
        <Stat
          name="Clients"
          value={`${estimated ? '≈\u202F' : ''}${count(totals.clients)}`}
          exact={exactCount(totals.clients)}
          change={change(totals.clients, previous.clients)}
        />
      </dl>
      <p class="compared">
        Changes are against {before}.{rotationNote(session?.rotate_key)}
      </p>
    </section>
  );
}

/** What a reader of the number of clients has to know. */
function rotationNote(when = 'off'): string {
  if (when === 'off') return '';
  return ` The key of the clients\u2019 pseudonyms changes ${when} (UTC): a client on both sides of a change counts as two.`;
}

function ratio({ errors, requests }: { readonly errors: number; readonly requests: number }): number | null {
  return requests === 0 ? null : errors / requests;
}
