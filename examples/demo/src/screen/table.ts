/** How a column is aligned. */
export type Alignment = 'left' | 'right';

const GAP = '   ';

/** Lines with aligned columns. The last column on the left side is not padded. */
export function table(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    alignments
      .map((alignment, column) => {
        const cell = row[column] ?? '';
        const width = widths[column] ?? 0;
        return alignment === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join(GAP)
      .trimEnd(),
  );
}
