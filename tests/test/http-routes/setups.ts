import {
  OF_EXPRESS,
  OF_HAPI,
  OF_KOA,
  OF_NEST_ON_EXPRESS,
  type WantedDifference,
} from './wanted-differences.js';

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
  { name: 'Koa 3', args: ['koa', 'koa', '@koa/router'], wanted: OF_KOA, least: 60 },
  { name: 'Koa 2', args: ['koa', 'koa-2', 'koa-router-12'], wanted: OF_KOA, least: 60 },
  { name: 'Hapi 21', args: ['hapi', '@hapi/hapi'], wanted: OF_HAPI, least: 57 },
  { name: 'Hapi 20', args: ['hapi', 'hapi-20'], wanted: OF_HAPI, least: 57 },
  { name: 'NestJS on Express', args: ['nest', 'express'], wanted: OF_NEST_ON_EXPRESS, least: 55 },
  { name: 'NestJS on Fastify', args: ['nest', 'fastify'], wanted: [], least: 55 },
  // Its dependencies do not load from Node 24 on.
  ...(Number(process.versions.node.split('.')[0]) < 24
    ? [{ name: 'restify', args: ['restify'], wanted: [], least: 25 }]
    : []),
];
