/** A reason to end that is told in one line. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
