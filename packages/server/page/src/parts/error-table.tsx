import type { JSX } from 'preact';

import type { ErrorRow, Errors } from '../answers/errors.ts';
import { count, dateAndTime, dayAndTime, exactCount } from '../format.ts';
import { endpointChange } from '../filter/filter.ts';
import { useNarrowing, usePage } from '../page-context.ts';
import type { UrlState } from '../url-state.ts';
import { Sparkline } from './charts/sparkline.tsx';
import { CsvButton } from './controls/csv-button.tsx';
import { EndpointName } from './endpoint-name.tsx';
import { Link } from './link.tsx';
import { Panel } from './panel.tsx';
import { statusClassOf, statusColour } from './status-class.ts';

interface ErrorTableProps {
  readonly errors: Errors;
  readonly outdated: boolean;
}

/** Failed requests that are alike, in a line each; a click leads to them. */
export function ErrorTable({ errors: { errors, total }, outdated }: ErrorTableProps): JSX.Element {
  const isOfAll = usePage().state.clientId === undefined;
  return (
    <Panel title="Errors" class="flush" outdated={outdated} aside={<CsvButton name="errors" rows={errors} />}>
      <table class="errors" aria-label="Errors">
        <thead>
          <tr>
            <th scope="col">Error</th>
            <th scope="col">Endpoint</th>
            {isOfAll && (
              <th scope="col" class="wide application">
                Application
              </th>
            )}
            <th scope="col" class="wide trend">
              Trend
            </th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col" class="wide at">
              First seen
            </th>
            <th scope="col" class="at">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody>
          {errors.map((row) => (
            <Row key={keyOf(row)} row={row} isOfAll={isOfAll} />
          ))}
        </tbody>
      </table>
      {total > errors.length && <p class="rest">{exactCount(total - errors.length)} more kinds of errors</p>}
    </Panel>
  );
}

function keyOf({ client_id: id, method, endpoint, error_type: type, status_code: code }: ErrorRow): string {
  return JSON.stringify([id, method, endpoint, type, code]);
}

function Row({ row, isOfAll }: { readonly row: ErrorRow; readonly isOfAll: boolean }): JSX.Element {
  const { to } = useNarrowing();
  const { client_id: clientId, method, endpoint, error_type: type, status_code: code } = row;
  const requests: Partial<UrlState> = to(
    {
      failed: 'true',
      ...endpointChange(method, endpoint),
      status: code === null ? 'none' : String(code),
      error_type: type ?? 'none',
    },
    { view: 'requests', clientId },
  );
  return (
    <tr>
      <th scope="row">
        <Link to={requests}>
          <bdi>{type ?? (code === null ? 'no status' : 'no class')}</bdi>
        </Link>{' '}
        {code !== null && code >= 100 && (
          <span class={`badge ${statusColour(statusClassOf(code))}`}>{code}</span>
        )}
      </th>
      <td>
        <EndpointName method={method} endpoint={endpoint} clientId={clientId} />
      </td>
      {isOfAll && (
        <td class="wide application">
          <bdi>{clientId}</bdi>
        </td>
      )}
      <td class="wide trend">
        <Sparkline values={row.sparkline} clientId={clientId} />
      </td>
      <td class="number" title={exactCount(row.requests)}>
        <Link to={requests}>{count(row.requests)}</Link>
      </td>
      <td class="wide at" title={dateAndTime(Date.parse(row.first_seen))}>
        {dayAndTime(Date.parse(row.first_seen))}
      </td>
      <td class="at" title={dateAndTime(Date.parse(row.last_seen))}>
        {dayAndTime(Date.parse(row.last_seen))}
      </td>
    </tr>
  );
}
