import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * Moves the focus to the first field of a form when it is about something else than before: who has pressed a button far from it, or one
 * that is gone by that, goes on there.
 *
 * @returns the reference that what is around the fields gets
 */
export function useFocusOnChange<T extends HTMLElement>(about: string | undefined): RefObject<T | null> {
  const around = useRef<T>(null);
  const before = useRef(about);
  useEffect(() => {
    if (before.current === about) return;
    before.current = about;
    around.current?.querySelector('input')?.focus();
  }, [about]);
  return around;
}
