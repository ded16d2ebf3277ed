/** One thing that was looked at. */
export interface Check {
  readonly what: string;
  readonly verdict: 'ok' | 'warning' | 'failure';
  /** What was found, and what to do about it. Holds no credential and no URL. */
  readonly finding: string;
}
