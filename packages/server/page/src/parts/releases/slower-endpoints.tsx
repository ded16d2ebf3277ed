import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Endpoints } from '../../answers/endpoints.ts';
import type { Release } from '../../answers/releases.ts';
import { serverNow } from '../../api.ts';
import { without } from '../../filter/filter.ts';
import { duration } from '../../format.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { together } from '../../read.ts';
import { useAnswer } from '../../hooks/use-answer.ts';
import { Answered } from '../answered.tsx';
import { CsvButton } from '../controls/csv-button.tsx';
import { EndpointName } from '../endpoint-name.tsx';
import { millisAround } from './millis-around.ts';
import { slowerOf, type Slower } from './slower.ts';

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
  const read = together(useAnswer<Endpoints>(urlFrom(since - millis)), useAnswer<Endpoints>(urlFrom(since)));
  return (
    <Answered read={read}>
      {([before, after]) => (
        <SlowerTable release={release} millis={millis} slower={slowerOf(before.endpoints, after.endpoints)} />
      )}
    </Answered>
  );
}

interface SlowerTableProps {
  readonly release: Release;
  readonly millis: number;
  readonly slower: readonly Slower[];
}

function SlowerTable({ release, millis, slower }: SlowerTableProps): JSX.Element {
  if (slower.length === 0) return <p class="empty-line">None by a tenth or more.</p>;
  return (
    <table class="around slower" aria-label="Slower endpoints">
      <thead>
        <tr>
          <th scope="col">
            p95 <CsvButton name="slower-endpoints" rows={slower} />
          </th>
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
