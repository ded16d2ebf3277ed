import type { JSX } from 'preact';

import type { ShareRow } from '../../answers/shares.ts';
import { chipTexts } from '../../filter/chips.ts';
import { dateAndTime } from '../../format.ts';
import { RevokeButton } from './revoke-button.tsx';

interface ShareTableProps {
  readonly shares: readonly ShareRow[];
  readonly onRevoke: (share: ShareRow) => void;
}

/** The links that are valid. */
export function ShareTable({ shares, onRevoke }: ShareTableProps): JSX.Element {
  if (shares.length === 0) return <p class="empty-line">None is valid. A view has a button to share it.</p>;
  return (
    <table class="tokens" aria-label="Links">
      <thead>
        <tr>
          <th scope="col">View</th>
          <th scope="col" class="wide">
            Application
          </th>
          <th scope="col" class="wide">
            Details
          </th>
          <th scope="col" class="wide">
            Made
          </th>
          <th scope="col">Valid until</th>
          <th scope="col">
            <span class="unseen">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {shares.map((share) => (
          <tr key={share.id}>
            <th scope="row">
              <bdi>{nameOf(share)}</bdi>
            </th>
            <td class="wide">
              <bdi>{share.client_id ?? 'all'}</bdi>
            </td>
            <td class="wide">{share.details ? 'shown' : '–'}</td>
            <td class="wide">{dateAndTime(Date.parse(share.created_at))}</td>
            <td>{dateAndTime(Date.parse(share.expires_at))}</td>
            <td class="number">
              <RevokeButton name={`the link to ${nameOf(share)}`} onRevoke={() => onRevoke(share)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const VIEW_NAMES: Readonly<Record<string, string>> = { overview: 'Overview', metrics: 'Metrics' };

function nameOf({ view, method, endpoint, filter, metric }: ShareRow): string {
  const what = view === 'endpoint' ? `${method} ${endpoint}` : (VIEW_NAMES[view] ?? view);
  const whole = metric === null ? what : `${what}: ${metric}`;
  return [whole, ...chipTexts(filter)].join(', ');
}
