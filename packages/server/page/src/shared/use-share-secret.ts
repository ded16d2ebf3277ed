import { useEffect, useState } from 'preact/hooks';

import { askWithLink } from '../api.ts';

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

/** The secret in a fragment, `#` included; one that somebody cut is one, too, for whoever opens it is to be told. */
export function secretIn(hash: string): string | undefined {
  return /^#(share-[\w-]*)$/.exec(hash)?.[1];
}
