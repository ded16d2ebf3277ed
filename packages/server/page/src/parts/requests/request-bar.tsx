import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Metrics } from '../../answers/metrics.ts';
import { usePage } from '../../page-context.ts';
import type { RequestOrder } from '../../url-state.ts';
import { useRead } from '../../hooks/use-read.ts';

const ORDERS: readonly (readonly [RequestOrder, string])[] = [
  ['newest', 'Newest'],
  ['slowest', 'Slowest'],
  ['largest', 'Largest'],
];
/** The most frequent metrics. */
const LIMIT = 50;

/** What comes first, and which metrics have columns. */
export function RequestBar(): JSX.Element {
  const { state, go } = usePage();
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="request-bar">
      <div class="segments" role="group" aria-label="Order">
        {ORDERS.map(([order, name]) => (
          <button
            type="button"
            key={order}
            aria-pressed={order === state.order}
            onClick={() => go({ order })}
          >
            {name}
          </button>
        ))}
      </div>
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Metrics as columns
      </button>
      {isOpen && <ColumnPicker />}
    </div>
  );
}

function ColumnPicker(): JSX.Element {
  const { state, go } = usePage();
  const { value } = useRead<Metrics>('api/custom-metrics', { limit: LIMIT });
  const found = (value?.metrics ?? []).map(({ name }) => name);
  const names = [...state.columns.filter((name) => !found.includes(name)), ...found];
  const choose = (name: string, isChosen: boolean): void => {
    const others = state.columns.filter((each) => each !== name);
    go({ columns: isChosen ? [...others, name] : others }, true);
  };
  return (
    <fieldset class="panel column-picker">
      <legend class="unseen">Metrics as columns</legend>
      {value !== undefined && names.length === 0 && (
        <p class="empty-line">No request here has a metric of your own.</p>
      )}
      {names.map((name) => (
        <label class="check" key={name}>
          <input
            type="checkbox"
            checked={state.columns.includes(name)}
            onChange={({ currentTarget }) => choose(name, currentTarget.checked)}
          />
          <bdi>{name}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
