import { CerberusServerError, systemCodeOf } from '../../../errors.ts';
import { explainedCode } from '../../sql-states.ts';

/** PostgreSQL's messages may hold what was asked for; its five characters of SQLSTATE never do. */
export function asPublicError(error: unknown): CerberusServerError {
  const code = systemCodeOf(error);
  const reason = code === undefined ? '' : ` (${explainedCode(code)})`;
  return new CerberusServerError('STORE_UNAVAILABLE', `the database did not answer a question${reason}`);
}
