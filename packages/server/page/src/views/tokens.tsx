import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { NewToken, TokenRow, Tokens } from '../api-types.ts';
import { revokeToken, serverNow, type ApiFailure } from '../api.ts';
import { ago, dateAndTime } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { TokenForm } from '../parts/token-form.tsx';
import { useRead } from '../use-read.ts';

/** For administrators: who may send and read. */
export function TokensView(): JSX.Element {
  const [changes, setChanges] = useState(0);
  const [created, setCreated] = useState<NewToken>();
  const [problem, setProblem] = useState<string>();
  const { value, refused } = useRead<Tokens>('api/tokens', { changes });
  if (refused !== undefined) return <Refused why={refused} />;
  if (value === undefined) return <Loading />;
  const done = (failure: ApiFailure | undefined): void => {
    setProblem(failure === undefined ? undefined : textOf(failure));
    setChanges(changes + 1);
  };
  const issued = (token: NewToken): void => {
    setCreated(token);
    done(undefined);
  };
  const revoke = async ({ id }: TokenRow): Promise<void> => {
    const result = await revokeToken(id);
    if (created?.id === id) setCreated(undefined);
    done(result.ok ? undefined : result.failure);
  };
  return (
    <>
      <Panel title="A new token">
        <TokenForm onIssued={issued} onFailed={done} />
        <p role="alert" class="problem">
          {problem}
        </p>
        {created !== undefined && <Shown token={created} />}
      </Panel>
      <Panel title="Tokens" class="flush">
        <TokenTable tokens={value.tokens} onRevoke={(token) => void revoke(token)} />
      </Panel>
    </>
  );
}

function Shown({ token }: { readonly token: NewToken }): JSX.Element {
  return (
    <div class="snippet" role="status">
      <pre tabIndex={0}>
        <code>{token.token}</code>
      </pre>
      <CopyButton text={token.token} name="the token" />
      <p class="muted">
        The token of <bdi>{token.name}</bdi>. It is not shown again.
      </p>
    </div>
  );
}

interface TokenTableProps {
  readonly tokens: readonly TokenRow[];
  readonly onRevoke: (token: TokenRow) => void;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps): JSX.Element {
  return (
    <table class="tokens">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Purpose</th>
          <th scope="col" class="wide">
            Application
          </th>
          <th scope="col" class="wide">
            Created
          </th>
          <th scope="col" class="wide">
            Last use
          </th>
          <th scope="col">
            <span class="unseen">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <bdi>{token.name}</bdi>
            </th>
            <td>{token.purpose}</td>
            <td class="wide">
              <bdi>{token.application ?? '–'}</bdi>
            </td>
            <td class="wide">
              {token.created_at === null ? '–' : dateAndTime(Date.parse(token.created_at))}
            </td>
            <td class="wide">
              {token.last_used_at === null ? '–' : ago(Date.parse(token.last_used_at), serverNow())}
            </td>
            <td class="number">
              {token.purpose !== 'all' && <RevokeButton name={token.name} onRevoke={() => onRevoke(token)} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface RevokeButtonProps {
  readonly name: string;
  readonly onRevoke: () => void;
}

/** Asks once more: whoever uses the token is cut off. */
function RevokeButton({ name, onRevoke }: RevokeButtonProps): JSX.Element {
  const [isSure, setSure] = useState(false);
  return (
    <button
      type="button"
      class="small"
      onClick={() => (isSure ? onRevoke() : setSure(true))}
      onBlur={() => setSure(false)}
    >
      {isSure ? 'Really revoke' : 'Revoke'}
      <span class="unseen"> {name}</span>
    </button>
  );
}

function textOf(failure: ApiFailure): string {
  if (failure.kind === 'unreachable') return 'The server does not answer.';
  if (failure.kind === 'signed_out') return 'You are signed out.';
  return `${failure.message}.`;
}
