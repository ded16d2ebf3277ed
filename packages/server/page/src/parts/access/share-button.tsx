import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { usePage } from '../../page-context.ts';
import { ShareForm } from './share-form.tsx';

/** For administrators: opens the way to a link to the view that one looks at. Not every view can be shared. */
export function ShareButton(): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  const { view, method } = usePage().state;
  const canBeShared =
    view === 'overview' || view === 'metrics' || (view === 'endpoint' && method !== undefined);
  if (!canBeShared) return null;
  return (
    <>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Share view
      </button>
      {isOpen && <ShareForm />}
    </>
  );
}
