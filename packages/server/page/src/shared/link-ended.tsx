import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { Mark } from '../parts/mark.tsx';

/** What a link shows that shows nothing any more, or never did: which of them it is, is nobody's business. */
export function LinkEnded(): JSX.Element {
  useEffect(() => {
    document.title = 'Link not valid · Cerberus';
  }, []);
  return (
    <main class="sign-in">
      <section class="panel link-ended" role="status">
        <p class="wordmark">
          <Mark />
          Cerberus
        </p>
        <h1>This link is not valid</h1>
        <p>
          It may have expired or been revoked, or a part of it is missing. Whoever sent it can make another
          one.
        </p>
      </section>
    </main>
  );
}
