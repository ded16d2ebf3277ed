/** A column of a table, and its type. */
export interface Column {
  readonly name: string;
  readonly type: string;
  /** Added to tables that were there; NULL in rows of servers that do not know it. */
  readonly isLater?: true;
}

/** Expressions of keys by their names, in the order of the columns. */
export type Keys = Readonly<Record<string, string>>;

/** What some tables have in common: the measures beside their keys, and how rows with the same keys become one. */
export interface Family {
  readonly measures: readonly Column[];
  /**
   * SQL for the keys and measures of a relation's rows, put together by these keys.
   *
   * @param relation - SQL; has the columns that the keys are made of, and the measures
   */
  readonly mergedSql: (relation: string, keys: Keys) => string;
}

/** `expression AS name`, for each key. */
export function selected(keys: Keys): string {
  return Object.entries(keys)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(', ');
}

/** The keys' names. */
export function names(keys: Keys): string {
  return Object.keys(keys).join(', ');
}

/** SQL for `array_agg` of some rows, empty where there are none. */
export function arraySql(expression: string, type: string, condition = ''): string {
  const filter = condition === '' ? '' : ` FILTER (WHERE ${condition})`;
  return `coalesce(array_agg(${expression})${filter}, '{}')::${type}`;
}
