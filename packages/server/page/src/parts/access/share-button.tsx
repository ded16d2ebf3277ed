import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { chipsOf } from '../../filter/chips.ts';
import { SHAREABLE, without } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { ShareForm } from './share-form.tsx';

/** For administrators: opens the way to a link to the view that one looks at. Not every view can be shared. */
export function ShareButton(): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  const { view, filter } = usePage().state;
  const isEndpoint = view === 'endpoint' && filter.method !== undefined;
  if (view !== 'overview' && view !== 'metrics' && !isEndpoint) return null;
  const kept = chipsOf(without(filter, SHAREABLE)).map(({ label }) => label);
  return (
    <>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Share view
      </button>
      {isOpen && kept.length === 0 && <ShareForm />}
      {isOpen && kept.length > 0 && (
        <p class="panel" role="status">
          No link has this in its filter: {kept.join(', ')}. It could show single people or requests. Remove
          it to share the view.
        </p>
      )}
    </>
  );
}
