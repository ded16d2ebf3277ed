import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { usePage } from '../../page-context.ts';
import { PRESETS } from '../../time-range.ts';
import { hasRange, type View } from '../../url-state.ts';
import { Palette } from './palette.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { areSingleKeysOn } from './single-keys.ts';

interface KeysProps {
  readonly views: readonly (readonly [View, string])[];
}

/** Listens to keys, and shows what they open. */
export function Keys({ views }: KeysProps): JSX.Element {
  const { go, state } = usePage();
  const [open, setOpen] = useState<'palette' | 'shortcuts'>();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isCommand = event.ctrlKey || event.metaKey;
      if (isCommand && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen('palette');
      }
      if (isCommand || event.altKey || isWriting(event.target) || !areSingleKeysOn()) return;
      const preset = PRESETS[Number(event.key) - 1];
      if (event.key === '/') {
        event.preventDefault();
        setOpen('palette');
      } else if (event.key === '?') setOpen('shortcuts');
      else if (preset !== undefined && hasRange(state.view)) go({ range: { preset } });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });
  const close = (): void => setOpen(undefined);
  return (
    <>
      <button
        type="button"
        class="quiet"
        title="Go anywhere (/ or Ctrl K); ? lists all keys"
        onClick={() => setOpen('palette')}
      >
        Go to…
      </button>
      {open === 'palette' && <Palette views={views} onClose={close} onKeys={() => setOpen('shortcuts')} />}
      {open === 'shortcuts' && <Shortcuts onClose={close} />}
    </>
  );
}

/** A key that is meant for a field is no shortcut. */
function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|SELECT|TEXTAREA)$/.test(target.tagName) ||
      target.closest('dialog') !== null)
  );
}
