import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Endpoints, Release } from '../../api-types.ts';
import { serverNow } from '../../api.ts';
import { without } from '../../filter/filter.ts';
import { duration } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { useAnswer } from '../../use-answer.ts';
import { EndpointName } from '../endpoint-name.tsx';
import { millisAround } from './millis-around.ts';
import { slowerOf } from './slower.ts';

/** Of each side; those with the most requests. */
const LIMIT = 1000;
const SHOWN = 5;

/** Which endpoints got slower with a release: their p95 before and after it. */
export function SlowerEndpoints({ release }: { readonly release: Release }): JSX.Element {
  const { filter } = usePage().state;
  const since = Date.parse(release.first_seen);
  const [millis] = useState(() => millisAround(since, serverNow()));
  const urlFrom = (from: number): string =>
    apiUrl('api/endpoints', {
      ...without(filter, ['release']),
      client_id: release.client_id,
      since: from,
      until: from + millis,
      limit: LIMIT,
    });
  const { value: before } = useAnswer<Endpoints>(urlFrom(since - millis));
  const { value: after } = useAnswer<Endpoints>(urlFrom(since));
  if (before === undefined || after === undefined) return <p class="loading">Loading…</p>;
  const slower = slowerOf(before.endpoints, after.endpoints);
  if (slower.length === 0) return <p class="empty-line">None by a tenth or more.</p>;
  return (
    <table class="around slower">
      <thead>
        <tr>
          <th scope="col">p95</th>
          <th scope="col" class="number">
            {duration(millis)} before
          </th>
          <th scope="col" class="number">
            after
          </th>
        </tr>
      </thead>
      <tbody>
        {slower.slice(0, SHOWN).map((each) => (
          <tr key={`${each.method} ${each.endpoint}`}>
            <th scope="row">
              <EndpointName method={each.method} endpoint={each.endpoint} clientId={release.client_id} />
            </th>
            <td class="number">{duration(each.before)}</td>
            <td class="number">{duration(each.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
