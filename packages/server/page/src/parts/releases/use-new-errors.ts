import { useEffect, useState } from 'preact/hooks';

import type { Release, Values } from '../../api-types.ts';
import { getJson, serverNow } from '../../api.ts';
import { without, type FilterChange } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';

const DAY_MILLIS = 86_400_000;
const LIMIT = 200;

/** A kind of failed request that a release has and the one before it has not. */
export interface NewError {
  readonly name: string;
  readonly requests: number;
  readonly change: FilterChange;
}

const KINDS = ['status', 'error_type'] as const;

/**
 * What failed in a release in its first day, and did not fail in the one before it in the day before and that day, for both may be at
 * work for a while; under the filter. `undefined` until it is known.
 */
export function useNewErrors(release: Release): readonly NewError[] | undefined {
  const { state, report } = usePage();
  const [known, setKnown] = useState<{ readonly key: string; readonly errors: readonly NewError[] }>();
  const seen = Date.parse(release.first_seen);
  const filter = without(state.filter, ['release']);
  const key = JSON.stringify([filter, release]);
  useEffect(() => {
    const controller = new AbortController();
    const until = Math.round(Math.min(serverNow() + 1, seen + DAY_MILLIS));
    const read = (of: string, version: string, since: number): Promise<Values> => {
      const asked = { client_id: release.client_id, release: version, since, until, of, limit: LIMIT };
      return valuesOf(apiUrl('api/values', { ...filter, failed: 'true', ...asked }));
    };
    const valuesOf = async (url: string): Promise<Values> => {
      const result = await getJson<Values>(url, controller.signal);
      report(result.ok ? undefined : result.failure);
      return result.ok ? result.value : { values: [], more: false };
    };
    const errorsOf = async (of: (typeof KINDS)[number]): Promise<readonly NewError[]> => {
      const { previous } = release;
      const before = previous === null ? [] : (await read(of, previous.release, seen - DAY_MILLIS)).values;
      const old = new Set(before.map(({ value }) => value));
      const now = await read(of, release.release, seen);
      return now.values
        .filter(({ value }) => !old.has(value))
        .map(({ value, requests }) => ({ name: value, requests, change: { [of]: value } }));
    };
    Promise.all(KINDS.map(errorsOf))
      .then((errors) => setKnown({ key, errors: errors.flat() }))
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [key]);
  return known?.key === key ? known.errors : undefined;
}
