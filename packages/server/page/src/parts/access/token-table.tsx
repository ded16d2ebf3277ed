import type { JSX } from 'preact';

import type { TokenRow } from '../../answers/tokens.ts';
import { serverNow } from '../../api.ts';
import { ago, dateAndTime } from '../../format.ts';
import { RevokeButton } from './revoke-button.tsx';

interface TokenTableProps {
  readonly tokens: readonly TokenRow[];
  readonly onRevoke: (token: TokenRow) => void;
}

/** The tokens that there are. */
export function TokenTable({ tokens, onRevoke }: TokenTableProps): JSX.Element {
  return (
    <table class="tokens" aria-label="Tokens">
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
