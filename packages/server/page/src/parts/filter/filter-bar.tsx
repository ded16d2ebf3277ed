import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { chipsOf, type Chip } from '../../filter/chips.ts';
import { changed, EVERYTHING, without, type Filter, type FilterChange } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import type { UrlState } from '../../url-state.ts';
import { Link } from '../link.tsx';
import { FilterForm } from './filter-form.tsx';

/** What is chosen, each part with the way to take it back, and the way to choose more. */
export function FilterBar(): JSX.Element {
  const { state, go, session } = usePage();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const chips = chipsOf(state.filter);
  const close = (): void => {
    setOpen(false);
    opener.current?.focus();
  };
  const add = (change: FilterChange): void => {
    go(shown(state, changed(state.filter, change)));
    close();
  };
  const remove = (chip: Chip): void => {
    go(shown(state, without(state.filter, chip.names)));
    // The button that had the focus is gone.
    opener.current?.focus();
  };
  return (
    <section class="filter" aria-label="Filter">
      {chips.length > 0 && (
        <ul class="chips">
          {chips.map((chip) => (
            <li key={chip.names[0]} class="chip">
              <span class="muted">{chip.label}</span> <bdi>{chip.value}</bdi>
              <button
                type="button"
                aria-label={`Remove ${chip.label} ${chip.value}`}
                onClick={() => remove(chip)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="small"
        ref={opener}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        Add filter
      </button>
      {chips.length > 1 && (
        <button
          type="button"
          class="quiet small"
          onClick={() => {
            go(shown(state, EVERYTHING));
            opener.current?.focus();
          }}
        >
          Remove all
        </button>
      )}
      {session?.admin === true && state.view !== 'alerts' && (
        <Link class="alert-on" to={{ view: 'alerts' }}>
          Alert on this
        </Link>
      )}
      {isOpen && <FilterForm onAdd={add} onCancel={close} />}
    </section>
  );
}

/** A filter without an endpoint is not one that the view of an endpoint can show. */
function shown({ view }: UrlState, filter: Filter): Partial<UrlState> {
  if (view === 'endpoint' && filter.endpoint === undefined) return { view: 'overview', filter };
  return { filter };
}
