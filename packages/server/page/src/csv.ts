/** A line of a table as the server answered it. */
type Row = Readonly<Record<string, unknown>>;

/**
 * What a spreadsheet takes for a formula when a field begins with it, in the wide forms of East Asian keyboards too: anybody can send a path.
 * Where the comma is that of numbers, it takes fields to end at a semicolon, whatever quotes are around them, and some do so at a tab.
 */
const FORMULA = /(^|[;\t\r\n])(?=[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20])/g;

/**
 * Rows as CSV (RFC 4180), with all digits. Members of members have names such as `latency_ms.p95`; lists are left out.
 */
export function csvText(rows: readonly Row[]): string {
  const flat = rows.map((row) => new Map(flattened(row)));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const lines = [columns.map(field), ...flat.map((row) => columns.map((name) => field(row.get(name))))];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function flattened(row: Row, prefix = ''): [string, unknown][] {
  return Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
    if (Array.isArray(value)) return [];
    if (typeof value === 'object' && value !== null) return flattened(value as Row, `${prefix}${name}.`);
    return [[prefix + name, value]];
  });
}

function field(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const safe = value.replaceAll(FORMULA, "$1'");
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
