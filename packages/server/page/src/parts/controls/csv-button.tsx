import type { JSX } from 'preact';

import { csvText } from '../../csv.ts';

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
      onClick={() => download(name, csvText(rows as readonly Readonly<Record<string, unknown>>[]))}
    >
      CSV
    </button>
  );
}

/** Without it, Excel takes UTF-8 for an encoding of the computer's own. */
const BYTE_ORDER_MARK = '\u{FEFF}';

/** Hands a text to the reader as a file. */
function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([BYTE_ORDER_MARK, text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.csv`;
  link.click();
  // The browser has to have begun with it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
