import { OF_EXPRESS, type WantedDifference } from './wanted-differences.js';

/** A framework as an application of `apps/http-routes` uses it. */
export interface Setup {
  readonly name: string;
  /** Of `apps/http-routes/main.cjs`. */
  readonly args: readonly string[];
  readonly wanted: readonly WantedDifference[];
  /** How many cases there are at least. */
  readonly least: number;
}

export const SETUPS: readonly Setup[] = ['express', 'express-5-0', 'express-4'].map((name) => ({
  name,
  args: ['express', name],
  wanted: OF_EXPRESS,
  least: 115,
}));
