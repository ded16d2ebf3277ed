// oxlint-disable-next-line import/no-unassigned-import -- before all that asks which language to write in
import './locale.ts';

import { render, type JSX } from 'preact';

import { App } from './app.tsx';
import { SharedApp } from './shared/shared-app.tsx';
import { useShareSecret } from './shared/use-share-secret.ts';

/** A share link opens another page than signing in does, whoever is signed in. */
function Root(): JSX.Element {
  const secret = useShareSecret();
  return secret === undefined ? <App /> : <SharedApp key={secret} />;
}

const root = document.querySelector('#app');
// What says there that the page has not loaded has to go first.
root?.replaceChildren();
if (root !== null) render(<Root />, root);
