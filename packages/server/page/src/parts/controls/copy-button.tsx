import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const SHOWN_MILLIS = 1500;

interface CopyButtonProps {
  readonly text: string;
  /** What the text is. */
  readonly name: string;
  /** Whether the name is shown, and not only said. */
  readonly showsName?: boolean;
}

/** Copies a text, and says so. */
export function CopyButton({ text, name, showsName = false }: CopyButtonProps): JSX.Element {
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
      <span class={showsName ? '' : 'unseen'}> {name}</span>
    </button>
  );
}
