import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { NewToken } from '../../answers/tokens.ts';
import { createToken, type ApiFailure } from '../../api.ts';
import { useSubmit } from '../../hooks/use-submit.ts';
import { SubmitButton } from '../controls/submit-button.tsx';

interface TokenFormProps {
  readonly onIssued: (token: NewToken) => void;
  readonly onFailed: (failure: ApiFailure) => void;
}

const PURPOSES: readonly (readonly [purpose: string, meaning: string])[] = [
  ['ingest', 'send events'],
  ['read', 'read this page'],
  ['admin', 'everything but sending'],
];

/** Asks what a token is for. */
export function TokenForm({ onIssued, onFailed }: TokenFormProps): JSX.Element {
  const [purpose, setPurpose] = useState('ingest');
  const [name, setName] = useState('');
  const [application, setApplication] = useState('');
  const submit = useSubmit(async () => {
    const only = (purpose === 'ingest' && application.trim()) || undefined;
    const result = await createToken({ name: name.trim(), purpose, application: only });
    if (!result.ok) {
      onFailed(result.failure);
      return;
    }
    setName('');
    setApplication('');
    onIssued(result.value);
  });
  return (
    <form class="token-form" onSubmit={submit}>
      <label class="field">
        <span>For</span>
        <select value={purpose} onChange={({ currentTarget }) => setPurpose(currentTarget.value)}>
          {PURPOSES.map(([value, meaning]) => (
            <option key={value} value={value}>
              {value}: {meaning}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Name</span>
        <input
          required
          maxLength={100}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      {purpose === 'ingest' && (
        <label class="field">
          <span>Application</span>
          <input
            maxLength={256}
            placeholder="any"
            value={application}
            onInput={({ currentTarget }) => setApplication(currentTarget.value)}
          />
        </label>
      )}
      <SubmitButton isPrimary>Create</SubmitButton>
    </form>
  );
}
