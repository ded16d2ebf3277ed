import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const SHOWN_MILLIS = 1500;

/** Copies a text, and says so. */
export function CopyButton({ text, name }: { readonly text: string; readonly name: string }): JSX.Element {
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = (): void => {
    // There is no clipboard where the page came over plain HTTP from another machine.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => setSaid('Copied'),
      () => setSaid('Not allowed'),
    );
  };
  return (
    <button type="button" class="small" onClick={copy}>
      <span aria-live="polite">{said ?? 'Copy'}</span>
      <span class="unseen"> {name}</span>
    </button>
  );
}
