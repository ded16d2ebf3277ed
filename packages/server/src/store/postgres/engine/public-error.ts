import { CerberusServerError, systemCodeOf } from '../../../errors.ts';
import { failureReason } from '../../failure-reason.ts';
import { explainedCode } from '../../sql-states.ts';

/** PostgreSQL's messages may hold what was asked for; its five characters of SQLSTATE never do. What is ours is said as it is. */
export function asPublicError(error: unknown): CerberusServerError {
  if (error instanceof CerberusServerError) return error;
  const code = systemCodeOf(error);
  const reason = code === undefined ? '' : ` (${explainedCode(code)})`;
  return new CerberusServerError('STORE_UNAVAILABLE', `the database did not answer a question${reason}`);
}

/** Why the tables could not be made or read at the start. */
export function asSetUpError(error: unknown): CerberusServerError {
  if (error instanceof CerberusServerError) return error;
  const text = `the tables cannot be made or read: ${failureReason(error)}`;
  return new CerberusServerError('DB_UNAVAILABLE', text, { cause: error });
}
