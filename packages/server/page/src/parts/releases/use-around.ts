import { useMemo } from 'preact/hooks';

import type { Overview } from '../../answers/overview.ts';
import type { Release } from '../../answers/releases.ts';
import { serverNow } from '../../api.ts';
import { without } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { together, type Read } from '../../read.ts';
import { useAnswer } from '../../hooks/use-answer.ts';
import { millisAround } from './millis-around.ts';

/** How long the times before and after a release are that are compared, and what both answer. */
export interface Around {
  readonly millis: number;
  readonly read: Read<readonly [before: Overview, after: Overview]>;
}

/**
 * What an application's requests under the filter were like in the hour before a release and in the hour after it, or in as much as
 * has passed.
 */
export function useAround(release: Release | undefined): Around {
  const { filter } = usePage().state;
  const since = Date.parse(release?.first_seen ?? '');
  const millis = useMemo(() => millisAround(since, serverNow()), [since]);
  // Also where the hour before is of few requests, or the first one that is kept.
  const urlFrom = (from: number): string =>
    apiUrl('api/overview', {
      ...without(filter, ['release']),
      client_id: release?.client_id,
      since: from,
      until: from + millis,
    });
  const isWanted = release !== undefined;
  const before = useAnswer<Overview>(urlFrom(since - millis), isWanted);
  const after = useAnswer<Overview>(urlFrom(since), isWanted);
  return { millis, read: together(before, after) };
}
