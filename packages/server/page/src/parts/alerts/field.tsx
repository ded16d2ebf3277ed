import type { JSX } from 'preact';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  readonly isNumber?: boolean;
}

/** A text with its label. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, onText, placeholder = '', isRequired = false, isNumber = false } = props;
  return (
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
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </label>
  );
}
