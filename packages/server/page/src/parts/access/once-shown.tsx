import type { ComponentChildren, JSX } from 'preact';

import { CopyButton } from '../controls/copy-button.tsx';

interface OnceShownProps {
  readonly secret: string;
  /** What it is, for the button that copies it. */
  readonly name: string;
  readonly children: ComponentChildren;
}

/** A secret that was just made. */
export function OnceShown({ secret, name, children }: OnceShownProps): JSX.Element {
  return (
    <div class="snippet" role="status">
      <pre tabIndex={0}>
        <code>{secret}</code>
      </pre>
      <CopyButton text={secret} name={name} />
      <p class="muted">{children} It is not shown again.</p>
    </div>
  );
}
