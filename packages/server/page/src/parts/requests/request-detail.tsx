import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { OneEvent, StoredEvent } from '../../answers/events.ts';
import { requestText } from '../../endpoint-text.ts';
import { factsOf, metricFact, type Fact } from '../../event-facts.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import { traceLink } from '../../trace-link.ts';
import { useRead } from '../../hooks/use-read.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { StatusBadge } from '../events/status-badge.tsx';
import { Link } from '../link.tsx';
import { Loading } from '../loading.tsx';
import { RefusedLine } from '../refused.tsx';
import { Neighbours } from './neighbours.tsx';

/** Everything about one request, beside the list that it was opened from. */
export function RequestDetail({ id }: { readonly id: number }): JSX.Element {
  const { go } = usePage();
  const { value, refused, again } = useRead<OneEvent>('api/events/detail', { id });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const close = (): void => go({ open: undefined });
  return (
    <aside
      class="panel request-detail"
      aria-label="One request"
      onKeyDown={({ key }) => {
        if (key === 'Escape') close();
      }}
    >
      <div class="panel-head">
        <h2 ref={heading} tabIndex={-1}>
          {value === undefined ? 'Request' : <Title event={value.event} />}
        </h2>
        <button type="button" class="small" onClick={close}>
          Close
        </button>
      </div>
      {value === undefined && refused === undefined && <Loading />}
      {value === undefined && refused !== undefined && <RefusedLine why={refused} again={again} />}
      {value !== undefined && <Body {...value} />}
    </aside>
  );
}

function Title({ event }: { readonly event: StoredEvent }): JSX.Element {
  return (
    <>
      <StatusBadge event={event} /> <span class="method">{event.method}</span> <bdi>{requestText(event)}</bdi>
    </>
  );
}

function Body({ event, before, after }: OneEvent): JSX.Element {
  const metrics = Object.entries(event.custom_data).map(([name, value]) => metricFact(name, value));
  return (
    <>
      <Facts facts={factsOf(event)} />
      {event.trace_id !== undefined && <Trace id={event.trace_id} />}
      {metrics.length > 0 && (
        <>
          <h3>Metrics</h3>
          <Facts facts={metrics} />
        </>
      )}
      <Neighbours event={event} before={before} after={after} />
      <CopyButton text={JSON.stringify(event, null, 2)} name="JSON" showsName />
    </>
  );
}

/** What can be filtered by is a link that does so. */
function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  const { to } = useNarrowing();
  return (
    <dl class="facts">
      {facts.map(({ label, value, change, clientId }) => (
        <div key={label}>
          <dt>
            <bdi>{label}</bdi>
          </dt>
          <dd>
            {change === undefined ? (
              <bdi>{value}</bdi>
            ) : (
              <Link
                to={to(change, clientId === undefined ? {} : { clientId })}
                title="Only requests with this"
              >
                <bdi>{value}</bdi>
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Trace({ id }: { readonly id: string }): JSX.Element {
  const { session } = usePage();
  const { to } = useNarrowing();
  const trace = traceLink(session?.trace_url_template, id);
  return (
    <>
      <p class="trace">
        Trace{' '}
        {trace === undefined ? (
          <code>{id}</code>
        ) : (
          <a href={trace} target="_blank" rel="noreferrer">
            <code>{id}</code>
          </a>
        )}{' '}
        <CopyButton text={id} name="trace_id" />
      </p>
      <p class="trace">
        <Link to={to({ trace_id: id })}>Only requests of this trace</Link>
      </p>
    </>
  );
}
