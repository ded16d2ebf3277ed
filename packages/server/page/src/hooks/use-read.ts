import { useEffect, useRef, useState } from 'preact/hooks';

import { getJson, type ApiFailure } from '../api.ts';
import { usePage } from '../page-context.ts';
import { apiUrl, withoutScope, withScope, type Params } from '../query.ts';
import { whyNot, type Read } from '../read.ts';
import { useReport } from './use-report.ts';

interface Pending {
  readonly key: string;
  readonly controller: AbortController;
}

/**
 * Asks the read API, again with each tick, within the range, the application and the filter that are chosen. What no answer came to is
 * asked again before that.
 *
 * @param changes - asks again at once when it is another one
 */
export function useRead<T>(path: string, params: Params = {}, isWanted = true, changes = 0): Read<T> {
  const { state, span, tick, retry, session } = usePage();
  const report = useReport();
  const [answer, setAnswer] = useState<{ readonly key: string; readonly value: T }>();
  const [failed, setFailed] = useState<{ readonly key: string; readonly failure: ApiFailure }>();
  const [attempt, setAttempt] = useState(0);
  const pending = useRef<Pending | undefined>(undefined);
  const scope = { client_id: state.clientId, ...state.filter };
  const key = apiUrl(path, {
    ...params,
    scope: JSON.stringify(scope),
    range: JSON.stringify(state.range),
    changes,
  });
  // Of another question, it says nothing about this one.
  const failure = failed?.key === key ? failed.failure : undefined;

  useEffect(() => {
    // A slow answer must not be given up for the same question.
    if (!isWanted || pending.current?.key === key) return;
    pending.current?.controller.abort();
    const mine: Pending = { key, controller: new AbortController() };
    pending.current = mine;
    const range = { since: Math.round(span.since), until: Math.round(span.until) };
    const whole = withScope(path, params, { ...scope, ...range });
    const url = apiUrl(path, session?.share === undefined ? whole : withoutScope(whole));
    getJson<T>(url, mine.controller.signal)
      .then((result) => {
        if (pending.current !== mine) return;
        pending.current = undefined;
        if (result.ok) setAnswer({ key, value: result.value });
        setFailed(result.ok ? undefined : { key, failure: result.failure });
        report(result.ok ? undefined : result.failure);
      })
      // Aborted.
      .catch(() => undefined);
  }, [key, tick, isWanted, attempt]);
  useEffect(() => {
    if (failure?.kind === 'unreachable') setAttempt(attempt + 1);
  }, [retry]);
  useEffect(() => () => pending.current?.controller.abort(), []);

  return {
    value: answer?.value,
    outdated: answer !== undefined && answer.key !== key,
    refused: whyNot(failure, answer?.key === key),
    again: () => {
      setFailed(undefined);
      setAttempt(attempt + 1);
    },
  };
}
