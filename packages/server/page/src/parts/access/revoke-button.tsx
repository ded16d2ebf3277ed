import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

interface RevokeButtonProps {
  readonly name: string;
  readonly onRevoke: () => void;
}

/** Asks once more: whoever uses it is cut off. */
export function RevokeButton({ name, onRevoke }: RevokeButtonProps): JSX.Element {
  const [isSure, setSure] = useState(false);
  return (
    <button
      type="button"
      class="small"
      onClick={() => (isSure ? onRevoke() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {isSure ? 'Really revoke' : 'Revoke'}
      <span class="unseen"> {name}</span>
    </button>
  );
}
