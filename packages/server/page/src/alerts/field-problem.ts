import type { Watched } from './rule-draft.ts';
import { CHOICES } from './rule-draft.ts';

/** What is wrong with a field of a form. */
export interface FieldProblem {
  readonly field: string;
  /** A sentence. */
  readonly text: string;
}

/** Which fields of the form of a rule its members are written in. */
const RULE_FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  above: 'limit',
  below: 'limit',
  recover: 'recover',
  recover_windows: 'recoverWindows',
  min_requests: 'minRequests',
  delay_seconds: 'delaySeconds',
  schedule: 'schedule',
  time_zone: 'timeZone',
};

/** Which fields of the form of a destination its members are written in. */
const DESTINATION_FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  url: 'address',
  smtp: 'address',
  secret: 'secret',
  from: 'from',
  to: 'to',
};

/** What a refused rule has wrong, in the words of its form; `undefined` where it is about no field of it. */
export function ruleProblem(refusal: string | undefined, watched: Watched): FieldProblem | undefined {
  const problem = problemIn(refusal, RULE_FIELDS);
  if (problem === undefined) return undefined;
  const numbers = CHOICES[watched].factor === 100 ? 'a number from 0 to 100' : 'a number, 0 or more';
  const text = problem.text
    .replace(/a (?:share from 0 to 1|number from 0 to 1e15)/, numbers)
    .replace(/`(?:above|below)`/, 'the limit')
    .replace(/ for \w+\.$/, '.');
  return { ...problem, text };
}

/** The same of a destination. */
export function destinationProblem(refusal: string | undefined): FieldProblem | undefined {
  return problemIn(refusal, DESTINATION_FIELDS);
}

/** A refusal names its member first: "`above` must be …". */
function problemIn(
  refusal: string | undefined,
  fields: Readonly<Record<string, string>>,
): FieldProblem | undefined {
  const [, member = '', rule = ''] = /^`(\w+)[.\d]*` (must .*)$/.exec(refusal ?? '') ?? [];
  const field = fields[member];
  return field === undefined ? undefined : { field, text: `M${rule.slice(1)}` };
}
