/**
 * Whether a function of the application gave a promise, which is no answer: nobody waits for it.
 *
 * @param onRejected called with what it is rejected with, for a rejection that nobody handles ends the process
 */
export function isPromised(answer: unknown, onRejected: (error: unknown) => void): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  if (!('then' in answer) || typeof answer.then !== 'function') return false;
  Promise.resolve(answer).catch(onRejected);
  return true;
}
