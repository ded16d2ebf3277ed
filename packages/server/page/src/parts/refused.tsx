import type { JSX } from 'preact';

interface RefusedProps {
  /** The server's own words. */
  readonly why: string;
  readonly again: () => void;
}

/** In the place of a view: the server did not want to answer, and why. */
export function Refused({ why, again }: RefusedProps): JSX.Element {
  return (
    <section class="panel refused" role="alert">
      <h2>The server did not answer this</h2>
      <p>{why}</p>
      <p>
        <button type="button" onClick={again}>
          Ask again
        </button>
      </p>
    </section>
  );
}

/** In the place of what a panel shows: why there is nothing. */
export function RefusedLine({ why, again }: RefusedProps): JSX.Element {
  return (
    <p class="empty-line refused-line" role="alert">
      {sentence(why)}{' '}
      <button type="button" class="small" onClick={again}>
        Ask again
      </button>
    </p>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
