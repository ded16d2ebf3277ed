import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

interface RevokeButtonProps {
  readonly name: string;
  /** What is done. */
  readonly word?: string;
  readonly onRevoke: () => void;
}

/** Asks once more: whoever uses it is cut off. */
export function RevokeButton({ name, word = 'Revoke', onRevoke }: RevokeButtonProps): JSX.Element {
  const [isSure, setSure] = useState(false);
  return (
    <button
      type="button"
      class="small"
      onClick={() => (isSure ? onRevoke() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {isSure ? `Really ${word.toLowerCase()}` : word}
      <span class="unseen"> {name}</span>
    </button>
  );
}
