import { useCallback, useEffect, useState } from 'preact/hooks';

import { formatState, parseState, type UrlState } from '../url-state.ts';

/** The state in the address bar, and the way to change it. */
export function useUrlState(): [UrlState, (next: UrlState, replace?: boolean) => void] {
  const [state, setState] = useState(() => parseState(location.search));
  useEffect(() => {
    const onBack = (): void => setState(parseState(location.search));
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  const go = useCallback((next: UrlState, replace = false) => {
    const url = `${location.pathname}${formatState(next)}`;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    setState(next);
  }, []);
  return [state, go];
}
