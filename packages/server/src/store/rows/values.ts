// What a database's driver gives, read as what a store answers with. A column that is not there counts as NULL.

/** A row, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** A number, also one of 64 bits, which drivers give as a bigint or a text; `null` for NULL. */
export function maybe(value: unknown): number | null {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string'
    ? Number(value)
    : null;
}

/** The same, 0 for NULL. */
export function number(value: unknown): number {
  return maybe(value) ?? 0;
}

/** A text, `null` for NULL. */
export function maybeText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text, empty for NULL. */
export function text(value: unknown): string {
  return maybeText(value) ?? '';
}
