import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  readonly isNumber?: boolean;
  /** What is wrong with it. */
  readonly problem?: string | undefined;
}

/** A text with its label, and what is wrong with it. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, onText, placeholder = '', isRequired = false, isNumber = false, problem } = props;
  const id = useId();
  const isWrong = problem !== undefined;
  return (
    <>
      <label class={isNumber ? 'field narrow' : 'field'}>
        <span>{label}</span>
        <input
          value={value}
          placeholder={placeholder}
          required={isRequired}
          maxLength={2048}
          inputMode={isNumber ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck={false}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? id : undefined}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
        />
      </label>
      {isWrong && (
        <p id={id} role="alert" class="problem at-field">
          {problem}
        </p>
      )}
    </>
  );
}
