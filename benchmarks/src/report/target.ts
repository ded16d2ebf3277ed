import { isVoid, type Spread } from '../harness/statistics.ts';

/** A ratio that was aimed at, and what came out. */
export interface Target {
  readonly what: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  /** What was reached where the target was missed (docs/performance says why): a regression is measured from here. */
  readonly known?: number;
  readonly measured: Spread;
}

export type Verdict = 'reached' | 'missed' | 'void';

export function verdictOf({ bound, limit, measured }: Target): Verdict {
  if (isVoid(measured)) return 'void';
  return isWithin(bound, limit, measured.median) ? 'reached' : 'missed';
}

/** Whether a ratio is so many times worse than it should be, or than it is known to be. A void one proves nothing. */
export function isRegression({ bound, limit, known = limit, measured }: Target, slack: number): boolean {
  return (
    !isVoid(measured) &&
    !isWithin(bound, bound === 'at most' ? known * slack : known / slack, measured.median)
  );
}

function isWithin(bound: Target['bound'], limit: number, value: number): boolean {
  return bound === 'at most' ? value <= limit : value >= limit;
}

export function atMost(what: string, limit: number, measured: Spread, known: number = limit): Target {
  return { what, bound: 'at most', limit, known, measured };
}
