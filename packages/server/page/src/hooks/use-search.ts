import { useState } from 'preact/hooks';

/** What is searched for in a list. */
interface Search {
  readonly search: string;
  readonly setSearch: (text: string) => void;
  /** Whether anything was: the field stays with whoever writes in it, also when they take all of it back. */
  readonly wasUsed: boolean;
}

export function useSearch(): Search {
  const [text, setSearch] = useState<string>();
  return { search: text ?? '', setSearch, wasUsed: text !== undefined };
}
