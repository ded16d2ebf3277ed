import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { AlertDestination, Preview, RuleBody } from '../../alerts/alert-types.ts';
import { previewRule } from '../../alerts/alerts-client.ts';
import {
  CHOICES,
  hasMinimum,
  hasRecovery,
  ruleOf,
  SHARERS,
  valueText,
  watching,
  type RuleDraft,
  type Watched,
} from '../../alerts/rule-draft.ts';
import { ruleProblem } from '../../alerts/field-problem.ts';
import { filterText } from '../../alerts/rule-words.ts';
import { useFocusOnChange } from '../../hooks/use-focus-on-change.ts';
import { useSubmit } from '../../hooks/use-submit.ts';
import { failureText } from '../access/failure-text.ts';
import { SubmitButton } from '../controls/submit-button.tsx';
import { Field } from './field.tsx';

const WINDOWS = ['1', '5', '10', '15', '30', '60', '360', '1440'] as const;

interface RuleFormProps {
  readonly draft: RuleDraft;
  /** What is chosen above. */
  readonly filter: RuleBody['filter'];
  readonly destinations: readonly AlertDestination[];
  /** Ids of destinations that the rule has had, which may be gone. */
  readonly had: readonly string[];
  /** Id of the rule that is changed; none makes a new one. */
  readonly edited: string | undefined;
  readonly problem: string | undefined;
  readonly onChange: (draft: RuleDraft) => void;
  readonly onSave: (rule: RuleBody) => Promise<void>;
  readonly onCancel: () => void;
}

/** Writes a rule about what the filter leaves. */
export function RuleForm(props: RuleFormProps): JSX.Element {
  const { draft, filter, destinations, had, edited, problem, onChange, onSave, onCancel } = props;
  const isNew = edited === undefined;
  const form = useFocusOnChange<HTMLFormElement>(edited);
  const [found, setFound] = useState<{ readonly of: string; readonly text: string }>();
  const submit = useSubmit(() => onSave(ruleOf(draft, filter)));
  const change = (part: Partial<RuleDraft>): void => onChange({ ...draft, ...part });
  const looked = ruleOf({ ...draft, name: 'preview' }, filter);
  const look = async (): Promise<void> => {
    const result = await previewRule(looked);
    const text = result.ok ? foundText(looked, result.value) : failureText(result.failure);
    setFound({ of: JSON.stringify(looked), text });
  };
  const wrong = ruleProblem(problem, draft.watched);
  const wrongAt = (field: keyof RuleDraft): string | undefined =>
    wrong?.field === field ? wrong.text : undefined;
  const gone = had.filter((id) => !destinations.some((each) => each.id === id));
  const toggle = (id: string, isChosen: boolean): void =>
    change({
      destinations: isChosen ? [...draft.destinations, id] : draft.destinations.filter((each) => each !== id),
    });
  return (
    <form ref={form} class="rule-form" onSubmit={submit}>
      <Field
        label="Name"
        isRequired
        value={draft.name}
        problem={wrongAt('name')}
        onText={(name) => change({ name })}
      />
      <Condition draft={draft} wrongAt={wrongAt} onChange={onChange} />
      <p class="muted">
        {draft.watched === 'silent'
          ? 'Of each application, or of the one that is chosen above.'
          : `Of the requests that the filter above leaves: ${filterText(filter)}.`}
      </p>
      <More draft={draft} wrongAt={wrongAt} onChange={onChange} />
      <fieldset class="choices">
        <legend>Tell</legend>
        {destinations.length === 0 && <span class="muted">nobody yet: make a destination below</span>}
        {[...destinations, ...gone.map((id) => ({ id, name: `${id} (gone)` }))].map(({ id, name }) => (
          <label key={id} class="check">
            <input
              type="checkbox"
              checked={draft.destinations.includes(id)}
              onChange={({ currentTarget }) => toggle(id, currentTarget.checked)}
            />
            <bdi>{name}</bdi>
          </label>
        ))}
      </fieldset>
      <p role="alert" class="problem">
        {wrong === undefined ? problem : ''}
      </p>
      <div class="choices">
        <SubmitButton isPrimary>{isNew ? 'Create rule' : 'Save rule'}</SubmitButton>
        {draft.watched !== 'summary' && (
          <button type="button" onClick={() => void look()}>
            What it is now
          </button>
        )}
        {!isNew && (
          <button type="button" class="quiet" onClick={onCancel}>
            Cancel
          </button>
        )}
        {/* Of another rule, it says nothing about this one. */}
        <span role="status">{found?.of === JSON.stringify(looked) && found.text}</span>
      </div>
    </form>
  );
}

interface FieldsProps extends Pick<RuleFormProps, 'draft' | 'onChange'> {
  /** What is wrong with a field. */
  readonly wrongAt: (field: keyof RuleDraft) => string | undefined;
}

/** What a rule does without. */
function More({ draft, wrongAt, onChange }: FieldsProps): JSX.Element | null {
  const { watched, minRequests, recoverWindows, delaySeconds, of } = draft;
  const hasAny = [minRequests, recoverWindows, delaySeconds, of].some((text) => text !== '');
  const [isOpen, setOpen] = useState(hasAny);
  // Who takes back the only one is still writing there.
  useEffect(() => setOpen((before) => before || hasAny), [hasAny]);
  if (watched === 'summary') return null;
  const change = (part: Partial<RuleDraft>): void => onChange({ ...draft, ...part });
  return (
    <details class="more" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>More</summary>
      <div class="choices">
        {watched === 'share' && (
          <label class="field">
            <span>Of one</span>
            <select
              value={of || 'source_ip'}
              onChange={({ currentTarget }) => change({ of: currentTarget.value })}
            >
              {Object.entries(SHARERS).map(([name, label]) => (
                <option key={name} value={name}>
                  {label}
                </option>
              ))}
            </select>
          </label>
        )}
        {hasMinimum(watched) && (
          <Field
            label={watched === 'new' ? 'At least (requests of the type)' : 'With at least (requests)'}
            isNumber
            placeholder={watched === 'new' ? '1' : '20'}
            value={minRequests}
            problem={wrongAt('minRequests')}
            onText={(text) => change({ minRequests: text })}
          />
        )}
        {hasRecovery(watched) && (
          <Field
            label="Recovers after (windows)"
            isNumber
            placeholder={draft.recover === '' ? '2' : '1'}
            value={recoverWindows}
            problem={wrongAt('recoverWindows')}
            onText={(text) => change({ recoverWindows: text })}
          />
        )}
        <Field
          label="Looked at after (s)"
          isNumber
          placeholder="30"
          value={delaySeconds}
          problem={wrongAt('delaySeconds')}
          onText={(text) => change({ delaySeconds: text })}
        />
      </div>
    </details>
  );
}

function Condition({ draft, wrongAt, onChange }: FieldsProps): JSX.Element {
  const { watched } = draft;
  const { side, unit } = CHOICES[watched];
  const change = (part: Partial<RuleDraft>): void => onChange({ ...draft, ...part });
  return (
    <div class="choices">
      <label class="field">
        <span>When</span>
        <select
          value={watched}
          onChange={({ currentTarget }) => onChange(watching(draft, currentTarget.value as Watched))}
        >
          {Object.entries(CHOICES).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {side !== undefined && (
        <Field
          label={`Limit (${unit})`}
          isRequired
          isNumber
          value={draft.limit}
          problem={wrongAt('limit')}
          onText={(limit) => change({ limit })}
        />
      )}
      {hasRecovery(watched) && (
        <Field
          label={`Recovers at (${unit})`}
          isNumber
          placeholder={draft.limit}
          value={draft.recover}
          problem={wrongAt('recover')}
          onText={(recover) => change({ recover })}
        />
      )}
      {watched !== 'silent' && watched !== 'summary' && (
        <label class="field">
          <span>In the last</span>
          <select
            value={draft.windowMinutes}
            onChange={({ currentTarget }) => change({ windowMinutes: currentTarget.value })}
          >
            {[...new Set([...WINDOWS, draft.windowMinutes])].map((minutes) => (
              <option key={minutes} value={minutes}>
                {Number(minutes) % 60 === 0 ? `${Number(minutes) / 60} h` : `${minutes} min`}
              </option>
            ))}
          </select>
        </label>
      )}
      {watched === 'summary' && (
        <>
          <Field
            label="Schedule (cron)"
            isRequired
            value={draft.schedule}
            problem={wrongAt('schedule')}
            onText={(schedule) => change({ schedule })}
          />
          <Field
            label="Time zone"
            value={draft.timeZone}
            problem={wrongAt('timeZone')}
            onText={(timeZone) => change({ timeZone })}
          />
        </>
      )}
    </div>
  );
}

function foundText({ measure }: RuleBody, { readings }: Preview): string {
  if (readings.length === 0) return 'Now: nothing';
  const texts = readings.map(({ subject, value, detail }) => {
    const shown = value === null ? 'too few requests to judge' : valueText(measure, value);
    return [subject, shown, detail === null ? null : `(${detail})`].filter((each) => each !== null).join(' ');
  });
  return `Now: ${texts.slice(0, 5).join(', ')}${texts.length > 5 ? ', …' : ''}`;
}
