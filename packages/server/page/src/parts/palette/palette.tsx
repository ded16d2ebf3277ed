import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import type { Endpoints } from '../../answers/endpoints.ts';
import type { Metrics } from '../../answers/metrics.ts';
import type { Sources } from '../../answers/senders.ts';
import { EVERYTHING } from '../../filter/filter.ts';
import { usePage } from '../../page-context.ts';
import { removeView, savedViews, saveView } from '../../saved-views.ts';
import type { View } from '../../url-state.ts';
import { useRead } from '../../hooks/use-read.ts';
import { placesFor, savingActions } from './places.ts';

interface PaletteProps {
  readonly views: readonly (readonly [View, string])[];
  readonly onClose: () => void;
  /** Opens the list of keys in its place. */
  readonly onKeys: () => void;
}

/** Goes anywhere by a name: a saved view, a view, an endpoint, an application, a metric, a range; a path, a client or a trace. */
export function Palette({ views, onClose, onKeys }: PaletteProps): JSX.Element {
  const { state, go, link } = usePage();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<number>();
  const [isLost, setLost] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const leadsToKeys = useRef(false);
  const id = useId();
  const q = text.trim().slice(0, 256) || undefined;
  const endpoints = useRead<Endpoints>('api/endpoints', { q, limit: 6 }).value?.endpoints ?? [];
  const metrics = useRead<Metrics>('api/custom-metrics', { q, limit: 4 }).value?.metrics ?? [];
  const applications = useRead<Sources>('api/sources', { q, limit: 4 }).value?.applications ?? [];
  const saved = savedViews();
  const places = placesFor(text, EVERYTHING, {
    saved,
    views,
    endpoints,
    metrics: metrics.map(({ name }) => name),
    applications: applications.map(({ client_id: name }) => name),
  });
  const options = [...places, ...savingActions(text, saved)];
  // A name that nothing has is saved when that is chosen, not by the key that was to go there.
  const selected = Math.min(chosen ?? (places.length > 0 ? 0 : -1), options.length - 1);
  useEffect(() => dialog.current?.showModal(), []);
  const list = useRef<HTMLUListElement>(null);
  // In a low window, as of a page that is enlarged, not all of them are in sight.
  useEffect(() => list.current?.children[selected]?.scrollIntoView({ block: 'nearest' }), [selected]);
  // By the dialog itself: it gives the focus back.
  const close = (): void => dialog.current?.close();

  const open = (index: number): void => {
    const place = options[index];
    if (place === undefined) return;
    if (!('to' in place)) {
      const { kind, name } = place;
      const isDone = kind === 'Save this view' ? saveView({ name, search: link({}) }) : removeView(name);
      if (isDone) close();
      setLost(!isDone);
      return;
    }
    close();
    // What was looked at is left: who wants to narrow it adds a filter.
    go({ ...('range' in place.to ? {} : { filter: EVERYTHING }), ...place.to });
  };
  const onKey = (event: KeyboardEvent): void => {
    // Of what is being put together of several keys, as in Japanese, each is for the text.
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const from = step < 0 ? Math.max(0, selected) : selected;
      setChosen((from + step + options.length) % Math.max(1, options.length));
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      open(selected);
    }
  };
  return (
    <dialog
      class="palette"
      ref={dialog}
      aria-label="Go to"
      onClose={() => (leadsToKeys.current ? onKeys() : onClose())}
      onClick={({ target }) => target === dialog.current && close()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Go to"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={selected >= 0 ? `${id}-${selected}` : undefined}
        placeholder="Go to: view, endpoint, application, metric… or a name to save this view"
        value={text}
        // It was opened to be written into.
        autofocus
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setChosen(undefined);
          setLost(false);
        }}
        onKeyDown={onKey}
      />
      <ul ref={list} id={id} role="listbox" aria-label="Places">
        {options.map(({ kind, name }, index) => (
          <li
            key={`${kind} ${name}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === selected}
            onClick={() => open(index)}
          >
            <bdi>{name}</bdi> <span class="muted">{kind}</span>
          </li>
        ))}
      </ul>
      <p role="alert" class="problem">
        {isLost && 'This browser keeps nothing for the page: keep the address instead.'}
      </p>
      {places.length === 0 && (
        <p class="empty-line">
          Nothing has this name. {state.clientId !== undefined && 'Only one application is looked at.'}
        </p>
      )}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          leadsToKeys.current = true;
          close();
        }}
      >
        Keys
      </button>
    </dialog>
  );
}
