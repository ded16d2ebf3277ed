import type { JSX } from 'preact';

import type { NodeRow, Nodes } from '../../answers/senders.ts';
import { ago, dateAndTime, duration, exactCount, rate } from '../../format.ts';
import { useRead } from '../../hooks/use-read.ts';
import { CsvButton } from '../controls/csv-button.tsx';
import { Panel } from '../panel.tsx';
import { RefusedLine } from '../refused.tsx';
import { EventsCell } from './cells.tsx';
import { Rest } from './rest.tsx';

const LIMIT = 50;

/** Longer, and no server is at it, or too few are. */
const MOST_BEHIND_MILLIS = 60_000;

/** The servers that share a database, with their state; nothing where one has it for itself. */
export function ServerList(): JSX.Element | null {
  const { value, outdated, refused, again } = useRead<Nodes>('api/nodes', { limit: LIMIT });
  if (refused !== undefined)
    return (
      <Panel title="Servers" class="flush">
        <RefusedLine why={refused} again={again} />
      </Panel>
    );
  if (value === undefined || value.nodes.length === 0) return null;
  const behind = value.aggregates_behind_millis ?? 0;
  return (
    <Panel
      title="Servers"
      class="flush"
      outdated={outdated}
      aside={
        <>
          <span class={behind > MOST_BEHIND_MILLIS ? 'bad' : 'muted'}>
            {behind === 0 ? 'Everything is aggregated' : `Aggregates are ${duration(behind)} behind`}
          </span>
          <CsvButton name="servers" rows={value.nodes} />
        </>
      }
    >
      <table class="servers" aria-label="Servers">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">State</th>
            <th scope="col">Version</th>
            <th scope="col" class="number wide">
              Connections
            </th>
            <th scope="col" class="number">
              Events/s
            </th>
            <th scope="col" class="number wide">
              Events
            </th>
            <th scope="col" class="wide">
              Since
            </th>
          </tr>
        </thead>
        <tbody>
          {value.nodes.map((node) => (
            <Row key={`${node.name} ${node.since}`} node={node} here={value.version} />
          ))}
        </tbody>
      </table>
      <Rest of="servers" count={value.total - value.nodes.length} />
    </Panel>
  );
}

function Row({ node, here }: { readonly node: NodeRow; readonly here: string }): JSX.Element {
  const isAtWork = node.state === 'ready' || node.state === 'unready';
  const since = dateAndTime(Date.parse(node.since));
  return (
    <tr>
      <th scope="row">
        <bdi>{node.name}</bdi> {node.this && <span class="muted">(this one)</span>}
      </th>
      <td title={`Last seen ${dateAndTime(Date.parse(node.last_seen))}`}>
        <State node={node} />
      </td>
      <td>
        {node.version === here ? (
          node.version
        ) : (
          <span class="differs">
            {node.version} (here {here})
          </span>
        )}
      </td>
      <td class="number wide">{isAtWork ? exactCount(node.connections) : '–'}</td>
      <td class="number">{isAtWork ? rate(node.events_per_second) : '–'}</td>
      <EventsCell events={node.events} wide />
      <td class="wide">{since}</td>
    </tr>
  );
}

function State({ node }: { readonly node: NodeRow }): JSX.Element {
  const seen = ago(0, node.silent_millis);
  switch (node.state) {
    case 'ready':
      return <span class="connected">ready</span>;
    case 'unready':
      return <span class="bad">not ready: {node.unready}</span>;
    case 'silent':
      return <span class="bad">silent, last seen {seen}</span>;
    case 'stopped':
      return <span class="muted">stopped {seen}</span>;
  }
}
