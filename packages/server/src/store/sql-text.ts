/** A text in a statement of DuckDB, where no parameter can stand, such as the path of a file. */
export function quoted(text: string): string {
  return `'${text.replaceAll(`'`, `''`)}'`;
}
