import { createContext, type ComponentChildren, type Context, type JSX } from 'preact';
import { useContext } from 'preact/hooks';

import type { Release, Releases } from '../../answers/releases.ts';
import { usePage } from '../../page-context.ts';
import type { Span } from '../../time-range.ts';
import { isCharted } from '../../url-state.ts';
import { useRead } from '../../hooks/use-read.ts';

/** More marks than these nobody tells apart. */
const LIMIT = 20;

const Marked: Context<readonly Release[]> = createContext<readonly Release[]>([]);

/** Asks once for the releases that appeared in the range, for all charts in it. */
export function MarkedReleases({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const { view } = usePage().state;
  const { value } = useRead<Releases>('api/releases', { limit: LIMIT }, isCharted(view));
  return <Marked.Provider value={value?.releases ?? []}>{children}</Marked.Provider>;
}

/** The releases to mark; none outside of {@link MarkedReleases}, for a share link does not tell of them. */
export function useMarks(): readonly Release[] {
  return useContext(Marked);
}

/** Where an application's releases are in a range: from 0 at its begin to 1 at its end. */
export function placesOf(releases: readonly Release[], clientId: string, { since, until }: Span): number[] {
  return releases
    .filter(({ client_id: id }) => id === clientId)
    .map((release) => (Date.parse(release.first_seen) - since) / (until - since))
    .filter((place) => place >= 0 && place <= 1);
}
