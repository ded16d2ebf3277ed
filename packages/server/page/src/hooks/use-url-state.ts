import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { formatState, moved, parseState, type UrlState } from '../url-state.ts';

/** The state in the address bar, and the way to change it: from what is shown at that time, whenever the change was thought of. */
export function useUrlState(): [UrlState, (change: Partial<UrlState>, replace?: boolean) => void] {
  const [state, setState] = useState(() => parseState(location.search));
  const latest = useRef(state);
  useEffect(() => {
    const onBack = (): void => {
      latest.current = parseState(location.search);
      setState(latest.current);
    };
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
  const go = useCallback((change: Partial<UrlState>, replace = false) => {
    const next = moved(latest.current, change);
    const query = formatState(next);
    const url = `${location.pathname}${query}`;
    // As of a link to where one is: a step back leads elsewhere.
    const isHere = query === formatState(latest.current);
    writeAddress(url, replace || isHere);
    latest.current = next;
    setState(next);
  }, []);
  return [state, go];
}

/** A browser takes only so many addresses in a while, as of a key that is held down. What is shown is what was chosen, all the same. */
function writeAddress(url: string, isInPlace: boolean): void {
  try {
    if (isInPlace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
  } catch {
    // The next change writes all of it.
  }
}
