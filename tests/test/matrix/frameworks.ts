import type { Framework } from './framework.js';
import { COLON_ROUTES, httpProbes, NO_ROUTES } from './http-probes.js';

export const NODE_HTTP: Framework = {
  example: 'node-http',
  probes: (options) => httpProbes(NO_ROUTES, options),
  gaps: [],
};

export const EXPRESS: Framework = {
  example: 'express',
  probes: (options) => httpProbes(COLON_ROUTES, options),
  gaps: [],
};

export const FASTIFY: Framework = {
  example: 'fastify',
  probes: (options) => httpProbes(COLON_ROUTES, options),
  gaps: [],
};
