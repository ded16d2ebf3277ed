import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface RevokeButtonProps {
  readonly name: string;
  /** What is done. */
  readonly word?: string;
  readonly onRevoke: () => void;
}

/** Asks once more: whoever uses it is cut off. */
export function RevokeButton({ name, word = 'Revoke', onRevoke }: RevokeButtonProps): JSX.Element {
  const [isSure, setSure] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const mine = button.current;
    return () => {
      if (mine !== null && mine === document.activeElement) focusPanel(mine);
    };
  }, []);
  return (
    <button
      ref={button}
      type="button"
      class="small"
      onClick={({ detail }) => {
        if (!isSure) setSure(true);
        // The second click of a double one is no answer to what is asked by then.
        else if (detail <= 1) onRevoke();
      }}
      onBlur={() => setSure(false)}
    >
      {isSure ? `Really ${word.toLowerCase()}` : word}
      <span class="unseen"> {name}</span>
    </button>
  );
}

/** Who used a button that goes with its row goes on at the title of its panel, and not at the beginning of the page. */
function focusPanel(from: HTMLElement): void {
  const title = from.closest('section')?.querySelector('h2');
  if (title === null || title === undefined) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}
