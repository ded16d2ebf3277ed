import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { getJson, signIn, type ApiFailure } from '../api.ts';

/** Asks for the token. */
export function SignInView({ onSignedIn }: { readonly onSignedIn: () => void }): JSX.Element {
  const [token, setToken] = useState('');
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const result = await signIn(token.trim());
    const problemNow = result.ok ? await sessionProblem() : textOf(result.failure);
    setBusy(false);
    if (problemNow === undefined) {
      onSignedIn();
      return;
    }
    setProblem(problemNow);
    input.current?.select();
  };
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={(event) => void submit(event)}>
        <h1>Cerberus</h1>
        <label class="field" for="token">
          Token
        </label>
        <input
          id="token"
          ref={input}
          type="password"
          autocomplete="current-password"
          required
          value={token}
          aria-invalid={problem !== undefined}
          aria-describedby="token-help token-problem"
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <p id="token-problem" role="alert" class="problem">
          {problem}
        </p>
        <button type="submit" class="primary" disabled={isBusy}>
          Sign in
        </button>
        <p id="token-help" class="muted">
          It is the one that the server was given. If the server made it up, it is in{' '}
          <code>&lt;database&gt;.token</code>.
        </p>
      </form>
    </main>
  );
}

/** Why the token was right for nothing; `undefined` where it was not. */
async function sessionProblem(): Promise<string | undefined> {
  const session = await getJson('api/session', new AbortController().signal);
  const isLost = !session.ok && session.failure.kind === 'signed_out';
  return isLost ? 'The token is right, but this browser keeps no cookie of this page.' : undefined;
}

function textOf(failure: ApiFailure): string {
  if (failure.kind === 'signed_out') return 'That is not the token of this server.';
  if (failure.kind === 'unreachable') return 'The server does not answer.';
  const { message } = failure;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
