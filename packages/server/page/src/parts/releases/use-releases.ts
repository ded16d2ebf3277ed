import { useState } from 'preact/hooks';

import type { Release, Releases } from '../../api-types.ts';
import { usePage } from '../../page-context.ts';
import { useRead } from '../../use-read.ts';
import { isSame, type ShownReleases } from './release-marks.tsx';

/** More marks than these nobody tells apart. */
const LIMIT = 20;

/** Releases that appeared in the range; `undefined` where there are none, or a share link does not tell of them. */
export function useReleases(): ShownReleases | undefined {
  const { session } = usePage();
  const [open, onOpen] = useState<Release>();
  const { value } = useRead<Releases>('api/releases', { limit: LIMIT }, session?.share === undefined);
  const all = value?.releases ?? [];
  if (all.length === 0) return undefined;
  return { all, open: all.find((release) => isSame(release, open)), onOpen };
}
