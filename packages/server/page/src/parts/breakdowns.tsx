import type { JSX } from 'preact';

import type { Overview } from '../answers/overview.ts';
import type { FilterChange } from '../filter/filter.ts';
import { useNarrowing } from '../page-context.ts';
import { BarList, type BarItem } from './bar-list.tsx';
import { Panel } from './panel.tsx';
import { statusClassOf, statusColour } from './status-class.ts';

interface BreakdownProps {
  readonly overview: Overview;
  readonly outdated: boolean;
}

/** The ways to the part of an item, and to its requests. */
function useWays(): (change: FilterChange) => Pick<BarItem, 'to' | 'requests'> {
  const { to } = useNarrowing();
  return (change) => ({ to: to(change), requests: to(change, { view: 'requests' }) });
}

/** Requests by method. */
export function Methods({ overview, outdated }: BreakdownProps): JSX.Element {
  const waysTo = useWays();
  const items = overview.methods.map(({ method, requests }) => ({
    key: method,
    label: <span class="method">{method}</span>,
    value: requests,
    ...waysTo({ method }),
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
  const waysTo = useWays();
  const items = overview.outcomes.map(({ outcome, requests }) => ({
    key: outcome ?? '',
    label: outcome ?? 'not known',
    value: requests,
    colour: OUTCOME_COLOURS[outcome ?? ''] ?? '',
    ...waysTo({ outcome: outcome ?? 'none' }),
  }));
  return (
    <Panel title="Outcomes" outdated={outdated}>
      <BarList items={items} empty="None" />
    </Panel>
  );
}

/** Requests by status code. */
export function StatusCodes({ overview, outdated }: BreakdownProps): JSX.Element {
  const waysTo = useWays();
  const items = overview.status_codes.map(({ status_code: code, requests }) => ({
    key: String(code),
    label: code ?? 'no status',
    value: requests,
    colour: statusColour(statusClassOf(code)),
    ...waysTo({ status: String(code ?? 'none') }),
  }));
  return (
    <Panel title="Status codes" outdated={outdated}>
      <BarList items={items} empty="None" />
    </Panel>
  );
}
