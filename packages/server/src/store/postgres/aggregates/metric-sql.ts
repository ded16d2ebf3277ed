/**
 * An object's text without escaped NULs, which PostgreSQL can write nowhere: a name that has one would make a whole question fail.
 * Of an even number of backslashes before it, none belongs to it.
 */
const WITHOUT_NUL = `CASE WHEN strpos(custom_data, '\\u0000') = 0 THEN custom_data
  ELSE regexp_replace(custom_data, '(?<!\\\\)((?:\\\\\\\\)*)\\\\u0000', '\\1\\\\ufffd', 'g') END`;

/** SQL for the metrics of an event as `json`, which keeps each value's text as it was sent. */
export const METRICS_JSON: string = `(${WITHOUT_NUL})::json`;

/** The type of a metric by the first character of its JSON text. */
export function metricTypeSql(value: string): string {
  return `CASE left(${value}, 1) WHEN 't' THEN 'boolean' WHEN 'f' THEN 'boolean' WHEN '"' THEN 'string'
    WHEN '[' THEN 'list' WHEN '{' THEN 'object' ELSE 'number' END`;
}

/** With these characters or fewer, and without an exponent, no number is larger than {@link LARGEST}. */
const SHORT = 300;

/** Of this and less, as many can be added up as there are events. */
const LARGEST = '1e300';

/** What is smaller is nothing: PostgreSQL fails where a part of a number, as in a mean or between two ranks, is too small for it to tell from zero. */
const SMALLEST = '1e-290';

/**
 * SQL for the number that the JSON text of a number is; NULL where it is so large that sums of it could fail, and with them the whole
 * question.
 */
export function metricNumberSql(value: string): string {
  const size = `abs(${value}::numeric)`;
  return `CASE
    WHEN strpos(${value}, 'e') = 0 AND strpos(${value}, 'E') = 0 AND length(${value}) <= ${SHORT} THEN ${value}::float8
    WHEN ${value} ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?[eE][+-]?[0-9]{1,3}$' THEN
      CASE WHEN ${size} < ${SMALLEST} THEN 0 WHEN ${size} <= ${LARGEST} THEN ${value}::float8 END END`;
}
