import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from './field.tsx';

/** A destination that somebody wants. */
export type DestinationWish = Readonly<Record<string, string | readonly string[]>>;

const KINDS: readonly (readonly [kind: string, meaning: string])[] = [
  ['webhook', 'webhook (JSON, signed)'],
  ['slack', 'Slack'],
  ['email', 'mail'],
];

/** Asks where messages go. @param onCreate - resolves with whether it was made */
export function DestinationForm({
  onCreate,
}: {
  readonly onCreate: (wish: DestinationWish) => Promise<boolean>;
}): JSX.Element {
  const [kind, setKind] = useState('webhook');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const isMail = kind === 'email';
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const url = address.trim();
    const people = to.split(/[\s,;]+/).filter((each) => each !== '');
    const where = isMail ? { smtp: url, from: from.trim(), to: people } : { url };
    if (!(await onCreate({ kind, name: name.trim(), ...where }))) return;
    setName('');
    setAddress('');
    setTo('');
  };
  return (
    <form class="destination-form choices" onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>To</span>
        <select value={kind} onChange={({ currentTarget }) => setKind(currentTarget.value)}>
          {KINDS.map(([value, meaning]) => (
            <option key={value} value={value}>
              {meaning}
            </option>
          ))}
        </select>
      </label>
      <Field label="Called" isRequired value={name} onText={setName} />
      <Field
        label={isMail ? 'Mail server' : 'URL'}
        isRequired
        placeholder={isMail ? 'smtp://user:password@host:587' : 'https://'}
        value={address}
        onText={setAddress}
      />
      {isMail && (
        <>
          <Field label="From" isRequired placeholder="cerberus@example.com" value={from} onText={setFrom} />
          <Field label="To addresses" isRequired placeholder="team@example.com" value={to} onText={setTo} />
        </>
      )}
      <button type="submit">Create destination</button>
    </form>
  );
}
