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

const versions = (
  file: string,
  names: readonly string[],
  rest: Pick<Setup, 'wanted' | 'least'>,
): readonly Setup[] => names.map((name) => ({ name, args: [file, name], ...rest }));

export const SETUPS: readonly Setup[] = [
  ...versions('express', ['express', 'express-5-0', 'express-4'], { wanted: OF_EXPRESS, least: 115 }),
  ...versions('fastify', ['fastify', 'fastify-4'], { wanted: [], least: 55 }),
];
