import type { JSX } from 'preact';

import type { MetricGroup } from '../../answers/metrics.ts';
import { count, decimal, exactCount, share } from '../../format.ts';
import { valueText } from '../../metric-text.ts';
import { CsvButton } from '../controls/csv-button.tsx';
import { EndpointName } from '../endpoint-name.tsx';

/** A metric by endpoint. */
export function MetricGroups({ groups }: { readonly groups: readonly MetricGroup[] }): JSX.Element {
  const hasNumbers = groups.some(({ mean }) => mean !== null);
  const hasTop = groups.some(({ top }) => top !== null);
  // Beside numbers a narrow screen has no room for texts.
  const topClass = hasNumbers ? 'wide' : undefined;
  return (
    <table class="groups" aria-label="By endpoint">
      <caption>
        By endpoint <CsvButton name="metric-by-endpoint" rows={groups} />
      </caption>
      <thead>
        <tr>
          <th scope="col">Endpoint</th>
          <th scope="col" class="number">
            Requests
          </th>
          {hasNumbers && (
            <>
              <th scope="col" class="number">
                Mean
              </th>
              <th scope="col" class="number">
                p95
              </th>
            </>
          )}
          {hasTop && (
            <th scope="col" class={topClass}>
              Most frequent
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={`${group.method} ${group.endpoint}`}>
            <th scope="row">
              <EndpointName method={group.method} endpoint={group.endpoint} />
            </th>
            <td class="number" title={exactCount(group.events)}>
              {count(group.events)}
            </td>
            {hasNumbers && (
              <>
                <td class="number">{decimal(group.mean)}</td>
                <td class="number">{decimal(group.p95)}</td>
              </>
            )}
            {hasTop && (
              <td class={topClass}>
                {group.top !== null && (
                  <>
                    <bdi>{valueText(group.top.value)}</bdi>{' '}
                    <span class="muted">{share(group.top.count, group.events)}</span>
                  </>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
