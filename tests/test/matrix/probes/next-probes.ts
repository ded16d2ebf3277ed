import { COLON_ROUTES, httpProbes } from './http-probes.js';
import type { Options, Probe } from './probe.js';

/** A smoke test: of the requests that every HTTP example gets, those whose handlers the Next.js example has. */
const NAMES = new Set([
  'GET with a query',
  'without a caller',
  'POST',
  '404',
  'thrown error',
  'unsampled caller',
]);

export function nextProbes(options: Options): Probe[] {
  const routes = { ...COLON_ROUTES, user: '/users/[id]', orders: '/orders', fail: '/fail' };
  return [
    ...httpProbes(routes, options).filter(({ name }) => NAMES.has(name)),
    pageOf('page', '/shop/tea', '/shop/[item]'),
    pageOf('API route', '/api/items/3', '/api/items/[id]'),
  ];
}

/** One of the other ways in which Next.js serves. */
function pageOf(name: string, target: string, route: string): Probe {
  return {
    name,
    target,
    expected: {
      endpoint: target,
      method: 'GET',
      status: 200,
      outcome: 'completed',
      route,
      metrics: {},
      address: '127.0.0.1',
    },
  };
}
