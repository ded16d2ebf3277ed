import { CerberusServerError } from '../errors.ts';

/** How many may wait, and how long an answer may take. */
export interface QuestionLimits {
  /** Questions that wait or are being answered. */
  readonly maxQuestions: number;
  /** From the question to its answer, waiting included; `Infinity` for no limit. */
  readonly questionTimeoutMillis: number;
  /** Most events of a range that is answered from single events; by default 50,000. */
  readonly exactEvents?: number | undefined;
}

/** Says that a question waited too long, or that too many wait already. */
export function tooManyWait(): CerberusServerError {
  return new CerberusServerError('STORE_BUSY', 'too many questions wait');
}

/** Says that whoever asked has left. */
export function nobodyWaits(): CerberusServerError {
  return new CerberusServerError('STORE_BUSY', 'nobody waits for the answer any more');
}

/** Says that the time of a question was over before it was answered. */
export function takesTooLong(): CerberusServerError {
  return new CerberusServerError('STORE_BUSY', 'the answer takes too long');
}
