import type { JSX } from 'preact';

/** The server did not want to answer, and why. */
export function Refused({ why }: { readonly why: string }): JSX.Element {
  return (
    <section class="panel refused" role="alert">
      <h2>The server did not answer this</h2>
      <p>{why}</p>
    </section>
  );
}
