import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/**
 * Gives the focus back to what has opened something else, when that is closed from within: who reads with the keyboard goes on there.
 *
 * @returns the reference that the opener gets
 */
export function useFocusBack<T extends HTMLElement>(isOpen: boolean): RefObject<T | null> {
  const opener = useRef<T>(null);
  const before = useRef(isOpen);
  useEffect(() => {
    const isClosed = before.current && !isOpen;
    before.current = isOpen;
    // Nothing has the focus any more, for what had it is gone.
    if (isClosed && document.activeElement === document.body) opener.current?.focus();
  }, [isOpen]);
  return opener;
}
