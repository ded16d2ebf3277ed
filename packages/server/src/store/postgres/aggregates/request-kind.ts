import type { Outcome } from '../../../event/event.ts';

/** Outcomes by their number in a kind; one that is not given is 0. */
const OUTCOMES_BY_NUMBER: readonly (Outcome | null)[] = [null, 'completed', 'aborted', 'error'];

/** SQL for the number of an outcome. */
const OUTCOME_NUMBER = `CASE outcome WHEN 'completed' THEN 1 WHEN 'aborted' THEN 2 WHEN 'error' THEN 3 ELSE 0 END`;

/**
 * A status code and an outcome in one number, which arrays of counts hold in half the space:
 * four times the status code and one (0 where there is none), and the number of the outcome.
 */
export function kindOf(statusCode: number | null, outcome: Outcome | null): number {
  return ((statusCode ?? -1) + 1) * 4 + OUTCOMES_BY_NUMBER.indexOf(outcome);
}

/** The status code of a kind, `null` where there is none. */
export function statusCodeOf(kind: number): number | null {
  return kind < 4 ? null : (kind >> 2) - 1;
}

/** SQL for the same. */
export function statusOfKindSql(kind: string): string {
  return `(CASE WHEN ${kind} >= 4 THEN (${kind} >> 2) - 1 END)::smallint`;
}

/** SQL for the outcome of a kind. */
export function outcomeOfKindSql(kind: string): string {
  const each = OUTCOMES_BY_NUMBER.flatMap((outcome, number) =>
    outcome === null ? [] : [`WHEN ${number} THEN '${outcome}'`],
  );
  return `CASE ${kind} & 3 ${each.join(' ')} END`;
}

/** The outcome of a kind. */
export function outcomeOf(kind: number): Outcome | null {
  return OUTCOMES_BY_NUMBER[kind & 3] ?? null;
}

/** SQL for the kind of an event. */
export const KIND_OF_EVENT: string = `((coalesce(status_code, -1) + 1) * 4 + ${OUTCOME_NUMBER})::smallint`;

/** Lowest kind of a status code that is an error where no outcome is given. */
const FIRST_ERROR = kindOf(500, null);

/** Whether requests of a kind count as errors; {@link KIND_IS_ERROR} has it in SQL. */
export function isErrorKind(kind: number): boolean {
  return (kind & 3) === 3 || ((kind & 3) === 0 && kind >= FIRST_ERROR);
}

/** SQL for whether requests of the column `kind` count as errors. */
export const KIND_IS_ERROR: string = `((kind & 3) = 3 OR (kind & 3) = 0 AND kind >= ${FIRST_ERROR})`;

/** SQL for whether requests of the column `kind` have a status from 400 to 499. */
export const KIND_IS_CLIENT_ERROR: string = `kind >= ${kindOf(400, null)} AND kind < ${kindOf(500, null)}`;
