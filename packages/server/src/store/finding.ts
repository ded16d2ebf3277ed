/** What an examination of a store has found out. */
export interface Finding {
  /** `fail`: acknowledged events may be lost, or none are taken. `warn`: somebody should know. */
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
}
