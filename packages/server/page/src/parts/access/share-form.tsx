import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { NewShare } from '../../answers/shares.ts';
import { createShare } from '../../api.ts';
import { endpointText } from '../../endpoint-text.ts';
import { dateAndTime } from '../../format.ts';
import { chipTexts } from '../../filter/chips.ts';
import { ENDPOINT, without } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { nameOf } from '../../time-range.ts';
import type { UrlState, View } from '../../url-state.ts';
import { useSubmit } from '../../hooks/use-submit.ts';
import { SubmitButton } from '../controls/submit-button.tsx';
import { failureText } from './failure-text.ts';
import { OnceShown } from './once-shown.tsx';

const DURATIONS: readonly (readonly [value: string, name: string])[] = [
  ['1h', '1 hour'],
  ['1d', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
];

const DETAILS: Readonly<Partial<Record<View, string>>> = {
  overview: 'Also the busiest clients, by their pseudonyms',
  endpoint: 'Also single requests, clients, and rare values of metrics',
  metrics: 'Also values that few requests have',
};

/** Makes a link to the view that one looks at, and shows it this once. */
export function ShareForm(): JSX.Element {
  const { state } = usePage();
  const [validFor, setValidFor] = useState('7d');
  const [details, setDetails] = useState(false);
  const [made, setMade] = useState<NewShare>();
  const [problem, setProblem] = useState<string>();
  const submit = useSubmit(async () => {
    const result = await createShare({ ...scopeOf(state), valid_for: validFor, details });
    setMade(result.ok ? result.value : undefined);
    setProblem(result.ok ? undefined : failureText(result.failure));
  });
  return (
    <form class="panel share-form" aria-label="Share this view" onSubmit={submit}>
      <p>Whoever has the link sees {described(state)}, without signing in, and no other view.</p>
      <div class="choices">
        <label class="field">
          <span>Valid for</span>
          <select value={validFor} onChange={({ currentTarget }) => setValidFor(currentTarget.value)}>
            {DURATIONS.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={details}
            onChange={({ currentTarget }) => setDetails(currentTarget.checked)}
          />
          <span>{DETAILS[state.view]}</span>
        </label>
        <SubmitButton isPrimary>Create link</SubmitButton>
      </div>
      <p role="alert" class="problem">
        {problem}
      </p>
      {made !== undefined && (
        <OnceShown secret={linkTo(made.secret)} name="the link">
          Valid until {dateAndTime(Date.parse(made.expires_at))}, or until it is revoked under Tokens.
        </OnceShown>
      )}
    </form>
  );
}

function described({ view, range, clientId, filter, metric }: UrlState): JSX.Element {
  const whole = metric === undefined ? 'all metrics' : `the metric ${metric}`;
  const what = view === 'endpoint' ? endpointText(filter) : view === 'metrics' ? whole : 'this overview';
  const only = chipTexts(view === 'endpoint' ? without(filter, ENDPOINT) : filter);
  return (
    <>
      <bdi class="name">{what}</bdi> of <bdi>{clientId ?? 'all applications'}</bdi>,{' '}
      {'preset' in range ? `always the last ${nameOf(range.preset)}` : 'in this range'}
      {only.length > 0 && (
        <>
          , and of these only <bdi>{only.join(', ')}</bdi>
        </>
      )}
    </>
  );
}

/** What is shared, in the words of the API. */
function scopeOf({
  view,
  range,
  clientId,
  sort,
  filter,
  metric,
}: UrlState): Readonly<Record<string, unknown>> {
  const isEndpoint = view === 'endpoint';
  return {
    view,
    ...('preset' in range
      ? { range: range.preset }
      : { since: new Date(range.since).toISOString(), until: new Date(range.until).toISOString() }),
    client_id: clientId,
    sort,
    method: isEndpoint ? filter.method : undefined,
    endpoint: isEndpoint ? filter.endpoint : undefined,
    filter: isEndpoint ? without(filter, ENDPOINT) : filter,
    metric: view === 'metrics' ? metric : undefined,
  };
}

/** The secret is in the fragment, which no browser sends to anybody. */
function linkTo(secret: string): string {
  return new URL(`./#${secret}`, new URL(location.pathname, location.origin)).href;
}
