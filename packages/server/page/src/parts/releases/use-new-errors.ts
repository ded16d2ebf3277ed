import { useMemo } from 'preact/hooks';

import type { Release } from '../../answers/releases.ts';
import type { Values } from '../../answers/values.ts';
import { serverNow } from '../../api.ts';
import { without, type FilterChange } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { together, type Read } from '../../read.ts';
import { useAnswer } from '../../hooks/use-answer.ts';

const DAY_MILLIS = 86_400_000;
const LIMIT = 200;

/** A kind of failed request that a release has and the one before it has not. */
export interface NewError {
  readonly name: string;
  readonly requests: number;
  readonly change: FilterChange;
}

/**
 * What failed in a release in its first day, and did not fail in the one before it in the day before and that day, for both may be at
 * work for a while; under the filter.
 */
export function useNewErrors(release: Release): Read<readonly NewError[]> {
  const read = together(useNew('status', release), useNew('error_type', release));
  return { ...read, value: read.value?.flat() };
}

const NONE: Values = { values: [], more: false };

function useNew(of: 'status' | 'error_type', release: Release): Read<readonly NewError[]> {
  const { filter } = usePage().state;
  const { client_id, first_seen, previous } = release;
  const seen = Date.parse(first_seen);
  const until = useMemo(() => Math.round(Math.min(serverNow() + 1, seen + DAY_MILLIS)), [seen]);
  const urlOf = (version: string | undefined, since: number): string => {
    const asked = { client_id, release: version, since, until, of, limit: LIMIT };
    return apiUrl('api/values', { ...without(filter, ['release']), failed: 'true', ...asked });
  };
  const now = useAnswer<Values>(urlOf(release.release, seen));
  const before = useAnswer<Values>(urlOf(previous?.release, seen - DAY_MILLIS), previous !== null);
  const read = together(now, previous === null ? { ...before, value: NONE } : before);
  const [found, old] = (read.value ?? []).map(({ values }) => values);
  const known = new Set(old?.map(({ value }) => value));
  const errors = found
    ?.filter(({ value }) => !known.has(value))
    .map(({ value, requests }) => ({ name: value, requests, change: { [of]: value } }));
  return { ...read, value: errors };
}
