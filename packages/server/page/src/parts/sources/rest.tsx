import type { JSX } from 'preact';

import { exactCount } from '../../format.ts';

/** How many there are that are not listed; nothing where all are. */
export function Rest({ of, count }: { readonly of: string; readonly count: number }): JSX.Element | null {
  if (count <= 0) return null;
  return (
    <p class="rest">
      {exactCount(count)} more {of}
    </p>
  );
}
