import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Height of a row of a table that is drawn in parts, pixels; the style sheet gives it. */
export const ROW_HEIGHT = 35;

/** A shorter table is drawn whole: the browser's own search finds all of it, and so does a printer. */
const WHOLE = 60;

/** Rows above and below what is in sight. */
const BESIDE = 12;

/** Which rows of a long table are drawn: those in sight of the window, and some beside them. */
interface RowWindow {
  readonly first: number;
  readonly shown: number;
  /** The element that holds the rows. */
  readonly host: RefObject<HTMLTableSectionElement | null>;
}

/** Follows the reader through a table of so many rows. */
export function useWindow(rows: number): RowWindow {
  const host = useRef<HTMLTableSectionElement>(null);
  const [first, setFirst] = useState(0);
  const [inSight, setInSight] = useState(WHOLE);
  const isWhole = rows <= WHOLE;
  useEffect(() => {
    if (isWhole) return undefined;
    const look = (): void => {
      const top = host.current?.getBoundingClientRect().top ?? 0;
      const above = Math.floor(-top / ROW_HEIGHT) - BESIDE;
      setInSight(Math.ceil(innerHeight / ROW_HEIGHT) + 2 * BESIDE);
      setFirst(Math.max(0, above - (above % 2)));
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [isWhole]);
  if (isWhole) return { first: 0, shown: rows, host };
  const begin = Math.min(first, Math.max(0, rows - inSight));
  return { first: begin, shown: Math.min(inSight, rows - begin), host };
}
