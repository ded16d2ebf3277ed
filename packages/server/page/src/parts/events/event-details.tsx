import type { JSX } from 'preact';

import type { StoredEvent } from '../../answers/events.ts';
import { nameParts } from '../../endpoint-text.ts';
import { endpointOf } from '../../event-facts.ts';
import { endpointChange } from '../../filter/filter.ts';
import { useNarrowing, usePage } from '../../page-context.ts';
import { traceLink } from '../../trace-link.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { Link } from '../link.tsx';

/** The whole event, as it was stored. */
export function EventDetails({ event }: { readonly event: StoredEvent }): JSX.Element {
  const { session, canGo } = usePage();
  const { to } = useNarrowing();
  const json = JSON.stringify(event, null, 2);
  const { trace_id: traceId } = event;
  const endpoint = endpointOf(event);
  const method = nameParts(endpoint).isBucket ? null : event.method;
  const trace = traceId === undefined ? undefined : traceLink(session?.trace_url_template, traceId);
  return (
    <div class="details">
      <div class="actions">
        {canGo({ view: 'endpoint' }) && (
          <Link to={to(endpointChange(method, endpoint), { view: 'endpoint' })}>Show endpoint</Link>
        )}
        {traceId !== undefined && (
          <span class="trace">
            trace_id{' '}
            {trace === undefined ? (
              <code>{traceId}</code>
            ) : (
              <a href={trace} target="_blank" rel="noreferrer">
                <code>{traceId}</code>
              </a>
            )}{' '}
            <CopyButton text={traceId} name="trace_id" />
          </span>
        )}
        <CopyButton text={json} name="JSON" showsName />
      </div>
      <pre tabIndex={0}>
        <code>{json}</code>
      </pre>
    </div>
  );
}
