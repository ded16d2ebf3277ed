import { useCallback, useEffect, useRef } from 'preact/hooks';

import type { ApiFailure } from '../api.ts';
import { usePage } from '../page-context.ts';

/** The way to tell how one's question ended. Who leaves has none. */
export function useReport(): (failure: ApiFailure | undefined) => void {
  const { report } = usePage();
  const asker = useRef({});
  useEffect(() => () => report(asker.current, undefined), [report]);
  return useCallback((failure) => report(asker.current, failure), [report]);
}
