import type { ExpectedEvent, Options, Probe } from './probe.js';

/** How a framework names the routes that every example has; undefined where it names none. */
export interface RouteNames {
  readonly user: string | undefined;
  readonly orders: string | undefined;
  readonly slow: string | undefined;
  readonly report: string | undefined;
  readonly fail: string | undefined;
}

export const COLON_ROUTES: RouteNames = {
  user: '/users/:id',
  orders: '/orders',
  slow: '/slow',
  report: '/report',
  fail: '/fail',
};

export const NO_ROUTES: RouteNames = {
  user: undefined,
  orders: undefined,
  slow: undefined,
  report: undefined,
  fail: undefined,
};

const ORDER = JSON.stringify({ items: ['tea', 'cup'], note: 'canary-body' });
const CLIENT = '203.0.113.77';

/** A request of each kind that has ever been counted wrongly, to the routes that every HTTP example has. */
export function httpProbes(routes: RouteNames, { trustProxy, record }: Options): Probe[] {
  const user = (change: Partial<ExpectedEvent> = {}): ExpectedEvent => ({
    endpoint: '/users/2',
    method: 'GET',
    status: 200,
    outcome: 'completed',
    ...(routes.user === undefined ? {} : { route: routes.user }),
    metrics: { plan: 'pro', paying: true },
    address: '127.0.0.1',
    ...change,
  });
  const other = (
    endpoint: string,
    route: string | undefined,
    change: Partial<ExpectedEvent>,
  ): ExpectedEvent => ({
    endpoint,
    method: 'GET',
    outcome: 'completed',
    ...(route === undefined ? {} : { route }),
    metrics: {},
    address: '127.0.0.1',
    ...change,
  });
  const forwarded = { 'x-forwarded-for': `198.51.100.1, ${CLIENT}` };
  const unsampled =
    record === 'request'
      ? { metrics: { plan: 'pro', paying: true } }
      : { metrics: { paying: true }, optionalMetrics: { plan: 'pro' } };
  return [
    { name: 'GET with a query', target: '/users/2?token=canary-query', expected: user() },
    { name: 'without a caller', target: '/users/2', flags: 'none', expected: user() },
    {
      name: 'POST',
      target: '/orders',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: ORDER,
      expected: other('/orders', routes.orders, {
        method: 'POST',
        status: 201,
        metrics: { 'order.items': 2 },
      }),
    },
    { name: '404', target: '/nowhere?q=canary', expected: other('/nowhere', undefined, { status: 404 }) },
    {
      name: 'thrown error',
      target: '/fail',
      expected: other('/fail', routes.fail, { status: 500, outcome: 'error' }),
    },
    { name: 'slow', target: '/slow', expected: other('/slow', routes.slow, { status: 200, latency: 250 }) },
    {
      name: 'aborted before the response',
      target: '/slow',
      hangUp: 'before response',
      expected: other('/slow', routes.slow, { outcome: 'aborted' }),
    },
    {
      name: 'streaming',
      target: '/report',
      expected: other('/report', routes.report, { status: 200, latency: 250 }),
    },
    {
      name: 'aborted within the response',
      target: '/report',
      hangUp: 'within response',
      expected: other('/report', routes.report, { outcome: 'aborted' }),
    },
    { name: 'HEAD', target: '/users/2', method: 'HEAD', expected: user({ method: 'HEAD' }) },
    { name: 'first on a connection', target: '/users/2', expected: user() },
    { name: 'pipelined', target: '/users/2', pipelined: true, expected: user() },
    { name: 'unsampled caller', target: '/users/2', flags: '00', expected: user(unsampled) },
    { name: 'forwarded by a stranger', target: '/users/2', headers: forwarded, expected: user() },
    {
      name: 'forwarded by the proxy',
      target: '/users/2',
      headers: forwarded,
      from: '127.0.0.2',
      expected: user({ address: trustProxy === undefined ? '127.0.0.2' : CLIENT }),
    },
    { name: 'IPv6', target: '/users/2', from: '::1', expected: user({ address: '::1' }) },
  ];
}
