import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { AlertDestination } from '../../alerts/alert-types.ts';
import { destinationProblem } from '../../alerts/field-problem.ts';
import { useSubmit } from '../../hooks/use-submit.ts';
import { SubmitButton } from '../controls/submit-button.tsx';
import { Field } from './field.tsx';

/** A destination that somebody wants. */
export type DestinationWish = Readonly<Record<string, string | readonly string[]>>;

const KINDS: readonly (readonly [kind: string, meaning: string])[] = [
  ['webhook', 'webhook (JSON, signed)'],
  ['slack', 'Slack'],
  ['email', 'mail'],
];

interface DestinationFormProps {
  /** The one that is changed; none makes a new one. */
  readonly edited: AlertDestination | undefined;
  /** Resolves with why it was refused; `undefined`: it was not. */
  readonly onSave: (wish: DestinationWish) => Promise<string | undefined>;
  readonly onCancel: () => void;
}

/** Asks where messages go. Of a destination that is changed, what the server shows to nobody stays where nothing is written. */
export function DestinationForm({ edited, onSave, onCancel }: DestinationFormProps): JSX.Element {
  const isKept = edited !== undefined && edited.kind !== null;
  const [kind, setKind] = useState(edited?.kind ?? 'webhook');
  const [name, setName] = useState(edited?.name ?? '');
  const [address, setAddress] = useState('');
  const [secret, setSecret] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const wrong = destinationProblem(refusal);
  const wrongAt = (field: string): string | undefined => (wrong?.field === field ? wrong.text : undefined);
  const [from, setFrom] = useState('');
  const isMail = kind === 'email';
  const [to, setTo] = useState(isKept && isMail ? (edited.target ?? '') : '');
  const submit = useSubmit(async () => {
    const url = address.trim();
    const people = to.split(/[\s,;]+/).filter((each) => each !== '');
    const where = isMail ? { smtp: url, from: from.trim(), to: people } : { url };
    const own = kind === 'webhook' ? { secret: secret.trim() } : {};
    const given = Object.entries({ kind, name: name.trim(), ...where, ...own });
    const why = await onSave(Object.fromEntries(given.filter(([, value]) => value.length > 0)));
    setRefusal(why);
    if (why !== undefined) return;
    setName('');
    setAddress('');
    setSecret('');
    setTo('');
  });
  return (
    <form class="destination-form choices" onSubmit={submit}>
      <label class="field">
        <span>To</span>
        <select value={kind} disabled={isKept} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
          {KINDS.map(([value, meaning]) => (
            <option key={value} value={value}>
              {meaning}
            </option>
          ))}
        </select>
      </label>
      <Field label="Called" isRequired value={name} problem={wrongAt('name')} onText={setName} />
      <Field
        label={isMail ? 'Mail server' : 'URL'}
        isRequired={!isKept}
        placeholder={isKept ? 'as it is' : isMail ? 'smtp://user:password@host:587' : 'https://'}
        value={address}
        problem={wrongAt('address')}
        onText={setAddress}
      />
      {kind === 'webhook' && (
        <Field
          label="Secret"
          placeholder={isKept ? 'as it is' : 'made up'}
          value={secret}
          problem={wrongAt('secret')}
          onText={setSecret}
        />
      )}
      {isMail && (
        <>
          <Field
            label="From"
            isRequired={!isKept}
            placeholder={isKept ? 'as it is' : 'cerberus@example.com'}
            value={from}
            problem={wrongAt('from')}
            onText={setFrom}
          />
          <Field
            label="To addresses"
            isRequired
            placeholder="team@example.com"
            value={to}
            problem={wrongAt('to')}
            onText={setTo}
          />
        </>
      )}
      <SubmitButton>{edited === undefined ? 'Create destination' : 'Save destination'}</SubmitButton>
      {edited !== undefined && (
        <button type="button" class="quiet" onClick={onCancel}>
          Cancel
        </button>
      )}
      <p role="alert" class="problem">
        {wrong === undefined ? refusal : ''}
      </p>
    </form>
  );
}
