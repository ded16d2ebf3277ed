import { useEffect, useState } from 'preact/hooks';

import type { Overview, Release } from '../../api-types.ts';
import { getJson, serverNow } from '../../api.ts';
import { without } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { millisAround } from './millis-around.ts';

/** Figures of an application before and after a release appeared, over times of the same length. */
export interface Around {
  readonly millis: number;
  readonly before: Overview['totals'];
  readonly after: Overview['totals'];
}

/**
 * What an application's requests under the filter were like in the hour before a release and in the hour after it, or in as much as
 * has passed; `undefined` until it is known.
 */
export function useAround(release: Release | undefined): Around | undefined {
  const { state, report } = usePage();
  const [known, setKnown] = useState<{ readonly url: string; readonly around: Around }>();
  const filter = without(state.filter, ['release']);
  const since = release === undefined ? 0 : Date.parse(release.first_seen);
  const millis = millisAround(since, serverNow());
  const urlOf = (from: number): string =>
    apiUrl('api/overview', {
      ...filter,
      client_id: release?.client_id,
      since: from,
      until: from + millis,
    });
  const url = urlOf(since);
  useEffect(() => {
    if (release === undefined || known?.url === url) return undefined;
    const controller = new AbortController();
    // Also where the hour before is of few requests, or the first one that is kept.
    const asked = [since - millis, since].map((from) => getJson<Overview>(urlOf(from), controller.signal));
    Promise.all(asked)
      .then(([before, after]) => {
        const failed = [before, after].find((result) => result?.ok === false);
        report(failed?.ok === false ? failed.failure : undefined);
        if (before?.ok !== true || after?.ok !== true) return;
        const around = { millis, before: before.value.totals, after: after.value.totals };
        setKnown({ url, around });
      })
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [url, release === undefined]);
  return known?.url === url ? known.around : undefined;
}
