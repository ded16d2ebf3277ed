import type { JSX } from 'preact';

/** Always there, so that a screen reader notices what appears in it. */
export function Notice({ isDown }: { readonly isDown: boolean }): JSX.Element {
  return (
    <div role="status" class={isDown ? 'notice' : ''}>
      {isDown && 'The server does not answer. What is shown may be old; trying again.'}
    </div>
  );
}
