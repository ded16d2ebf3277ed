import type { JSX } from 'preact';

import { downloadCsv } from '../csv.ts';

interface CsvButtonProps {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly rows: readonly object[];
}

/** What a table shows, for a spreadsheet. */
export function CsvButton({ name, rows }: CsvButtonProps): JSX.Element | null {
  if (rows.length === 0) return null;
  return (
    <button
      type="button"
      class="quiet small csv"
      aria-label={`${name} as CSV`}
      onClick={() => downloadCsv(name, rows as readonly Readonly<Record<string, unknown>>[])}
    >
      CSV
    </button>
  );
}
