import { createContext, type Context } from 'preact';
import { useContext } from 'preact/hooks';

import type { Session } from './api-types.ts';
import type { ApiFailure } from './api.ts';
import type { Span } from './time-range.ts';
import type { UrlState } from './url-state.ts';

/** What every part of the page may need. */
export interface PageContext {
  readonly state: UrlState;
  /** Shows something else. `replace` leaves no step to go back to. */
  readonly go: (change: Partial<UrlState>, replace?: boolean) => void;
  /** The query of another view, for links. */
  readonly link: (change: Partial<UrlState>) => string;
  /** The instants that the range means at the moment. */
  readonly span: Span;
  /** Grows whenever everything is to be asked for again. */
  readonly tick: number;
  readonly session: Session | undefined;
  /** To be told of each failure and, with `undefined`, of each success. */
  readonly report: (failure: ApiFailure | undefined) => void;
  /** The colours changed; what draws on a canvas has to draw again. */
  readonly theme: string;
}

export const PageContextHolder: Context<PageContext | undefined> = createContext<PageContext | undefined>(
  undefined,
);

/** The context. @throws TypeError outside of the application */
export function usePage(): PageContext {
  const page = useContext(PageContextHolder);
  if (page === undefined) throw new TypeError('not inside the application');
  return page;
}
