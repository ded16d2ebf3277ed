/** What happens to rules of alerts, and is told and kept in the log. `ended`: what a rule was about is gone; nobody is told. */
export const HAPPENINGS = ['firing', 'resolved', 'ended', 'summary', 'test'] as const;

/** What happens to rules of alerts. */
export type Happening = (typeof HAPPENINGS)[number];

/** What becomes of an attempt to send a message. `failed`: it is tried again. `refused`: it is not. */
export const ATTEMPT_RESULTS = ['delivered', 'failed', 'refused'] as const;

/** What becomes of an attempt to send a message. */
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

/** What a server has done about alerts since it started. */
export interface AlertCounts {
  /** Windows that were looked at, and how often that failed. */
  readonly evaluations: { done: number; failed: number };
  readonly happenings: Record<Happening, number>;
  readonly attempts: Record<AttemptResult, number>;
  /** What fires, and what waits to be sent, at all servers on the database; as it was found last. */
  firing: number;
  waiting: number;
}

/** Nothing has been done. */
export function newAlertCounts(): AlertCounts {
  return {
    evaluations: { done: 0, failed: 0 },
    happenings: { firing: 0, resolved: 0, ended: 0, summary: 0, test: 0 },
    attempts: { delivered: 0, failed: 0, refused: 0 },
    firing: 0,
    waiting: 0,
  };
}
