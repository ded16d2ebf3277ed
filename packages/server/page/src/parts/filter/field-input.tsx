import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

import type { Field } from '../../filter/dimensions.ts';
import { useKnown } from './use-known.ts';

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onInput: (value: string) => void;
}

/** One field of the menu, with what is stored as suggestions. */
export function FieldInput({ field, value, isWrong, onInput }: FieldInputProps): JSX.Element {
  const { label, options, hint } = field;
  const list = useId();
  const known = useKnown(field, value.trim());
  return (
    <label class="field">
      <span>{label}</span>
      {options === undefined ? (
        <>
          <input
            type="text"
            autocomplete="off"
            spellcheck={false}
            value={value}
            placeholder={hint}
            aria-invalid={isWrong}
            list={known.length > 0 ? list : undefined}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
          <datalist id={list}>
            {known.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      ) : (
        <select value={value} onChange={({ currentTarget }) => onInput(currentTarget.value)}>
          {options.map(([each, text]) => (
            <option key={each} value={each}>
              {text}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}
