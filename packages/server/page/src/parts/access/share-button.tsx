import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ENDPOINT, isEverything, without } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { ShareForm } from './share-form.tsx';

/** For administrators: opens the way to a link to the view that one looks at. Not every view can be shared. */
export function ShareButton(): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  const { view, filter } = usePage().state;
  // A link is to a whole view: it knows no filter but an endpoint.
  const isWhole = isEverything(filter) && (view === 'overview' || view === 'metrics');
  const isEndpoint =
    view === 'endpoint' && filter.method !== undefined && isEverything(without(filter, ENDPOINT));
  if (!isWhole && !isEndpoint) return null;
  return (
    <>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Share view
      </button>
      {isOpen && <ShareForm />}
    </>
  );
}
