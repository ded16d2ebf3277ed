import { useEffect, useState } from 'preact/hooks';

import { askWithLink } from '../api.ts';
import { secretIn } from './share-secret.ts';

/** The secret of the share link that the page was opened with. Another link, opened in the same tab, takes its place. */
export function useShareSecret(): string | undefined {
  const [secret, setSecret] = useState(taken);
  useEffect(() => {
    // Any other fragment is a place in the page.
    const onChange = (): void => setSecret((before) => taken() ?? before);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return secret;
}

function taken(): string | undefined {
  const secret = secretIn(location.hash);
  if (secret !== undefined) askWithLink(secret);
  return secret;
}
