import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * Moves the focus to a view that took the place of another one, where what had it is gone with that, as a link in it: otherwise a reader of the
 * screen says nothing of the new one.
 *
 * @param view - the name of what is shown
 * @returns the reference that what is around the views gets
 */
export function useFocusOnView(view: string): RefObject<HTMLElement | null> {
  const around = useRef<HTMLElement>(null);
  const before = useRef(view);
  useEffect(() => {
    if (before.current === view) return;
    before.current = view;
    if (document.activeElement === document.body) around.current?.focus({ preventScroll: true });
  }, [view]);
  return around;
}
