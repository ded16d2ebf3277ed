import type { JSX } from 'preact';

import type { AlertRule } from '../../alerts/alert-types.ts';
import { conditionText, valueText } from '../../alerts/rule-draft.ts';
import { filterText } from '../../alerts/rule-words.ts';
import { serverNow } from '../../api.ts';
import { ago } from '../../format.ts';
import { RevokeButton } from '../access/revoke-button.tsx';

interface RuleTableProps {
  readonly rules: readonly AlertRule[];
  readonly onEdit: (rule: AlertRule) => void;
  readonly onPause: (rule: AlertRule) => void;
  readonly onRemove: (rule: AlertRule) => void;
}

/** The rules that there are, and what fires. */
export function RuleTable({ rules, ...actions }: RuleTableProps): JSX.Element {
  return (
    <table class="rules" aria-label="Rules">
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">State</th>
          <th scope="col" class="wide">
            Requests
          </th>
          <th scope="col">
            <span class="unseen">Change</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <RuleRow key={rule.id} rule={rule} {...actions} />
        ))}
      </tbody>
    </table>
  );
}

function RuleRow({
  rule,
  onEdit,
  onPause,
  onRemove,
}: Omit<RuleTableProps, 'rules'> & { readonly rule: AlertRule }): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <bdi class="name">{rule.name}</bdi>
        <span class="muted line">{conditionText(rule)}</span>
      </th>
      <td>
        <RuleState rule={rule} />
      </td>
      <td class="wide">
        <bdi>{filterText(rule.filter)}</bdi>
      </td>
      <td class="number actions">
        {rule.read_only ? (
          <span class="muted">from the file</span>
        ) : (
          <>
            <button type="button" class="small" onClick={() => onEdit(rule)}>
              Edit<span class="unseen"> {rule.name}</span>
            </button>
            <button type="button" class="small" onClick={() => onPause(rule)}>
              {rule.paused ? 'Resume' : 'Pause'}
              <span class="unseen"> {rule.name}</span>
            </button>
            <RevokeButton name={rule.name} word="Remove" onRevoke={() => onRemove(rule)} />
          </>
        )}
      </td>
    </tr>
  );
}

function RuleState({ rule }: { readonly rule: AlertRule }): JSX.Element {
  if (rule.paused) return <span class="muted">paused</span>;
  if (rule.firing.length === 0)
    return <span class="muted">{rule.evaluated_to === null ? 'new' : 'quiet'}</span>;
  return (
    <ul class="firing">
      {rule.firing.map(({ subject, value, since }) => (
        <li key={subject}>
          <b class="bad">fires</b> {subject !== null && <bdi>{subject}</bdi>}{' '}
          <span class="muted">
            {value !== null && `${valueText(rule.measure, value)}, `}
            {ago(Date.parse(since), serverNow())}
          </span>
        </li>
      ))}
    </ul>
  );
}
