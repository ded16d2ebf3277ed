import type { JSX } from 'preact';

interface SearchFieldProps {
  /** What is searched, for a reader of the screen. */
  readonly of: string;
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** The server searches for no more. */
const MAX_CHARACTERS = 256;

/** Narrows a list that is longer than what is shown of it. */
export function SearchField({ of, value, onSearch }: SearchFieldProps): JSX.Element {
  return (
    <input
      type="search"
      class="search"
      aria-label={`Search ${of}`}
      placeholder="Search"
      maxLength={MAX_CHARACTERS}
      value={value}
      onInput={({ currentTarget }) => onSearch(currentTarget.value)}
    />
  );
}
