import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { areSingleKeysOn, switchSingleKeys } from './single-keys.ts';

/** What keys do, where nothing is being written. */
const SHORTCUTS: readonly (readonly [keys: string, meaning: string])[] = [
  ['/', 'Go anywhere'],
  ['Ctrl K', 'The same, also while writing'],
  ['?', 'This list'],
  ['1 to 5', 'The last 15 minutes, hour, day, week or month'],
  ['Esc', 'Close what is open'],
];

/** The list of keys. */
export function Shortcuts({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isLost, setLost] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="palette" ref={dialog} aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl class="facts">
        {SHORTCUTS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={areSingleKeysOn()}
          onChange={({ currentTarget }) => setLost(!switchSingleKeys(currentTarget.checked))}
        />{' '}
        Single keys (without Ctrl)
      </label>
      <p role="alert" class="problem">
        {isLost && 'This browser keeps nothing for the page.'}
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
