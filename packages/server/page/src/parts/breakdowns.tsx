import type { JSX } from 'preact';

import type { Overview } from '../api-types.ts';
import { BarList } from './bar-list.tsx';
import { Panel } from './panel.tsx';
import { statusClassOf, statusColour } from './status-class.ts';

interface BreakdownProps {
  readonly overview: Overview;
  readonly outdated: boolean;
}

/** Requests by method. */
export function Methods({ overview, outdated }: BreakdownProps): JSX.Element {
  const items = overview.methods.map(({ method, requests }) => ({
    key: method,
    label: <span class="method">{method}</span>,
    value: requests,
  }));
  return (
    <Panel title="Methods" outdated={outdated}>
      <BarList items={items} empty="None" />
    </Panel>
  );
}

const OUTCOME_COLOURS: Readonly<Record<string, string>> = { error: 's-5xx', aborted: 's-4xx' };

/** Requests by how they ended. */
export function Outcomes({ overview, outdated }: BreakdownProps): JSX.Element {
  const items = overview.outcomes.map(({ outcome, requests }) => ({
    key: outcome ?? '',
    label: outcome ?? 'not known',
    value: requests,
    colour: OUTCOME_COLOURS[outcome ?? ''] ?? '',
  }));
  return (
    <Panel title="Outcomes" outdated={outdated}>
      <BarList items={items} empty="None" />
    </Panel>
  );
}

/** Requests by status code. */
export function StatusCodes({ overview, outdated }: BreakdownProps): JSX.Element {
  const items = overview.status_codes.map(({ status_code: code, requests }) => ({
    key: String(code),
    label: code ?? 'no status',
    value: requests,
    colour: statusColour(statusClassOf(code)),
  }));
  return (
    <Panel title="Status codes" outdated={outdated}>
      <BarList items={items} empty="None" />
    </Panel>
  );
}
