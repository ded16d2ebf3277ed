import { createContext, type Context } from 'preact';
import { useContext } from 'preact/hooks';

import type { Session } from './answers/session.ts';
import { changed, type FilterChange } from './filter/filter.ts';
import type { Report } from './hooks/use-answering.ts';
import type { Span } from './time-range.ts';
import type { UrlState } from './url-state.ts';

/** What every part of the page may need. */
export interface PageContext {
  readonly state: UrlState;
  /** Shows something else. `replace` leaves no step to go back to. */
  readonly go: (change: Partial<UrlState>, replace?: boolean) => void;
  /** Whether that may be shown: a share link is for one view. */
  readonly canGo: (change: Partial<UrlState>) => boolean;
  /** The query of another view, for links. */
  readonly link: (change: Partial<UrlState>) => string;
  /** The instants that the range means at the moment. */
  readonly span: Span;
  /** Grows whenever everything is to be asked for again. */
  readonly tick: number;
  readonly session: Session | undefined;
  /** Grows whenever what no answer came to is to be asked for again. */
  readonly retry: number;
  /** To be told of each failure and of each success. */
  readonly report: Report;
  /** The colours changed; what draws on a canvas has to draw again. */
  readonly theme: string;
}

export const PageContextHolder: Context<PageContext | undefined> = createContext<PageContext | undefined>(
  undefined,
);

/** The way to a part of the range, for charts; `undefined` where the range stands. */
export function useRangeSelection(): ((range: Span) => void) | undefined {
  const { go, canGo } = usePage();
  return canGo({ range: { since: 0, until: 1 } }) ? (range) => go({ range }) : undefined;
}

/** The way from here to what a filter leaves besides, and whether one may go it; for links and charts. */
export function useNarrowing(): {
  readonly to: (change: FilterChange, more?: Partial<UrlState>) => Partial<UrlState>;
  readonly mayNarrow: boolean;
} {
  const { state, canGo } = usePage();
  const to = (change: FilterChange, more: Partial<UrlState> = {}): Partial<UrlState> => ({
    ...more,
    filter: changed(state.filter, change),
  });
  return { to, mayNarrow: canGo({ filter: {} }) };
}

/** Whether single requests and clients are shown. */
export function useDetails(): boolean {
  return usePage().session?.share?.details !== false;
}

/** The context. @throws TypeError outside of the application */
export function usePage(): PageContext {
  const page = useContext(PageContextHolder);
  if (page === undefined) throw new TypeError('not inside the application');
  return page;
}
