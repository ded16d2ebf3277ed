import type { JSX } from 'preact';

import type { useTheme } from '../../hooks/use-theme.ts';

/** Switches the theme. */
export function ThemeButton({ theme, next }: ReturnType<typeof useTheme>): JSX.Element {
  return (
    <button type="button" class="quiet" onClick={next} title="Switch between system, light and dark">
      Theme: {theme}
    </button>
  );
}
