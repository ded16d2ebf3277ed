import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';

import type { Endpoints } from '../../answers/endpoints.ts';
import type { Sources } from '../../answers/senders.ts';
import { exactCount } from '../../format.ts';
import { apiUrl } from '../../query.ts';
import { usePage } from '../../page-context.ts';
import type { UrlState } from '../../url-state.ts';
import { useAnswer } from '../../hooks/use-answer.ts';
import { useRead } from '../../hooks/use-read.ts';
import { RefusedLine } from '../refused.tsx';
import { AgainstValue } from './against-value.tsx';

/** Chooses the other side: an application, an endpoint, a release, an environment, or all of these. */
export function AgainstForm(): JSX.Element {
  const { state, span, go } = usePage();
  const { against } = state;
  const shown = [against.method, against.endpoint].filter((text) => text !== undefined).join(' ');
  const [text, setText] = useState(shown);
  // As after a step back.
  useEffect(() => setText(shown), [shown]);
  const id = useId();
  // Suggestions do not have to be of this moment.
  const [{ since, until }] = useState(span);
  const sources = useRead<Sources>('api/sources', { limit: 1 }).value;
  const ids = sources?.client_ids ?? [];
  const rest = (sources?.client_ids_total ?? 0) - ids.length;
  const applications =
    against.clientId === undefined || ids.includes(against.clientId) ? ids : [against.clientId, ...ids];
  // Of the other application, and whatever the filter: it is about this side.
  const scope = { client_id: against.clientId, since: Math.round(since), until: Math.round(until) };
  const {
    value: known,
    refused,
    again,
  } = useAnswer<Endpoints>(apiUrl('api/endpoints', { ...scope, limit: 200 }));
  const endpoints = new Map(
    (known?.endpoints ?? []).map(({ method, endpoint }) => [
      `${method ?? ''} ${endpoint}`.trim(),
      { method: method ?? undefined, endpoint },
    ]),
  );
  const choose = (name: string): void => {
    const { method, endpoint } = endpoints.get(name) ?? endpointIn(name.trim());
    go({ against: { ...against, method, endpoint } });
  };
  return (
    <form
      class="bar"
      onSubmit={(event) => {
        event.preventDefault();
        choose(text);
      }}
    >
      <label class="field">
        <span>Compare with</span>
        <select
          value={against.clientId ?? ''}
          onChange={({ currentTarget: { value } }) =>
            go({ against: { ...against, clientId: value === '' ? undefined : value } })
          }
        >
          <option value="">All applications</option>
          {applications.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
          {rest > 0 && <option disabled>{exactCount(rest)} more</option>}
        </select>
      </label>
      <AgainstValue of="release" label="Release" all="All releases" scope={scope} />
      <AgainstValue of="environment" label="Environment" all="All environments" scope={scope} />
      <label class="field grow">
        <span>Endpoint</span>
        <input
          list={id}
          value={text}
          placeholder="All, or such as GET /users/:id"
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            if (currentTarget.value === '' || endpoints.has(currentTarget.value)) choose(currentTarget.value);
          }}
        />
        <datalist id={id}>
          {[...endpoints.keys()].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <button type="submit">Compare</button>
      {refused !== undefined && <RefusedLine why={refused} again={again} />}
    </form>
  );
}

/** A method is a token (RFC 9110, section 9.1), which may have small letters, and is followed by a space. */
const NAMED = /^(?:([\w!#$%&'*+.^`|~-]+) )?(.+)$/s;

/** The endpoint that a text names, with its method or without one; an empty text names none. */
function endpointIn(text: string): Pick<UrlState['against'], 'method' | 'endpoint'> {
  const [, method, endpoint] = NAMED.exec(text) ?? [];
  return { method, endpoint };
}
