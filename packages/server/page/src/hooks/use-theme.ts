import { useEffect, useState } from 'preact/hooks';

import { keep, kept } from '../kept.ts';

/** What the reader has chosen; `system` follows the operating system. */
export type Theme = 'system' | 'light' | 'dark';

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const KEY = 'cerberus-theme';

function stored(): Theme {
  const value = kept(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

/**
 * The theme, kept in this browser, and the way to the next one. `shown` is what it comes to.
 *
 * @param isKept false leaves nothing in this browser, and takes nothing from it
 */
export function useTheme(isKept = true): { theme: Theme; shown: 'light' | 'dark'; next: () => void } {
  const [theme, setTheme] = useState<Theme>(isKept ? stored : 'system');
  const [isDark, setDark] = useState(() => darkQuery().matches);
  useEffect(() => {
    const query = darkQuery();
    const onChange = (): void => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  const system = isDark ? 'dark' : 'light';
  const shown = theme === 'system' ? system : theme;
  document.documentElement.dataset['theme'] = shown;
  const next = (): void => {
    if (isKept) keep(KEY, NEXT[theme]);
    setTheme(NEXT[theme]);
  };
  return { theme, shown, next };
}

function darkQuery(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}
