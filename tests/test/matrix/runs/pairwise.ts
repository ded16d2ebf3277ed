type Row = Readonly<Record<string, string>>;

/**
 * Rows of one value per axis in which every two values of different axes that can meet do meet. Takes, again and again,
 * the first of the rows that bring the most new meetings; so it is small, though not the smallest, and the same every time.
 */
export function pairwise(
  axes: Readonly<Record<string, readonly string[]>>,
  isPossible: (row: Row) => boolean,
): Row[] {
  const possible = product(axes)
    .filter(isPossible)
    .map((row) => ({ row, meetings: meetingsOf(row) }));
  const open = new Set(possible.flatMap(({ meetings }) => meetings));
  const chosen: Row[] = [];
  while (open.size > 0) {
    let best = possible[0];
    let most = 0;
    for (const candidate of possible) {
      const fresh = candidate.meetings.filter((meeting) => open.has(meeting)).length;
      if (fresh > most) [best, most] = [candidate, fresh];
    }
    if (best === undefined) break;
    for (const meeting of best.meetings) open.delete(meeting);
    chosen.push(best.row);
  }
  return chosen;
}

function product(axes: Readonly<Record<string, readonly string[]>>): Row[] {
  let rows: Row[] = [{}];
  for (const [axis, values] of Object.entries(axes)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [axis]: value })));
  }
  return rows;
}

function meetingsOf(row: Row): string[] {
  const values = Object.entries(row).map(([axis, value]) => `${axis}=${value}`);
  return values.flatMap((one, index) => values.slice(index + 1).map((other) => `${one} ${other}`));
}
