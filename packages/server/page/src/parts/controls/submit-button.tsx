import type { ComponentChildren, JSX } from 'preact';

interface SubmitButtonProps {
  readonly isPrimary?: boolean;
  readonly children: ComponentChildren;
}

/** Sends a form. The second click of a double one does not send it again, which would make two of what is made. */
export function SubmitButton({ isPrimary = false, children }: SubmitButtonProps): JSX.Element {
  return (
    <button
      type="submit"
      class={isPrimary ? 'primary' : undefined}
      onClick={(event) => {
        if (event.detail > 1) event.preventDefault();
      }}
    >
      {children}
    </button>
  );
}
