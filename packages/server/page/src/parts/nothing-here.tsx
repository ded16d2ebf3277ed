import type { JSX } from 'preact';

import { EVERYTHING, isEverything } from '../filter/filter.ts';
import { usePage } from '../page-context.ts';
import { nameOf, widerPreset } from '../time-range.ts';
import { Link } from './link.tsx';

/** There are events, but none in this range. */
export function NothingHere({ what }: { readonly what: string }): JSX.Element {
  const { state, canGo } = usePage();
  const wider = widerPreset(state.range);
  const isOffered = wider !== undefined && canGo({ range: { preset: wider } });
  const isFiltered = !isEverything(state.filter) && canGo({ filter: EVERYTHING });
  return (
    <section class="panel nothing">
      <h2>
        No {what} in this range{isFiltered && ' under this filter'}
      </h2>
      {isFiltered && state.view !== 'endpoint' && (
        <p>
          <Link to={{ filter: EVERYTHING }}>Remove the filter</Link>
        </p>
      )}
      {isOffered && (
        <p>
          <Link to={{ range: { preset: wider } }}>Look at the last {nameOf(wider)}</Link>
        </p>
      )}
    </section>
  );
}
