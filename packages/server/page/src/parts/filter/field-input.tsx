import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

import type { Field } from '../../filter/dimensions.ts';
import { useKnown } from './use-known.ts';

interface FieldInputProps {
  readonly field: Field;
  readonly value: string;
  readonly isWrong: boolean;
  /** @param meant - what is chosen by the text */
  readonly onInput: (text: string, meant: string) => void;
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
            onInput={({ currentTarget: { value: text } }) => onInput(text, meantBy(text, known))}
          />
          <datalist id={list}>
            {known.map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      ) : (
        <select value={value} onChange={({ currentTarget: { value: text } }) => onInput(text, text)}>
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

/** A suggestion as it is stored, where it is one: a field has no line breaks. Else what was typed or pasted, without spaces around it. */
function meantBy(text: string, known: readonly string[]): string {
  return known.find((each) => each === text) ?? known.find((each) => oneLine(each) === text) ?? text.trim();
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]/g, '');
}
