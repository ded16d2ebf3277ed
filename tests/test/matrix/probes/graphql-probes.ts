import type { ExpectedEvent, Options, Probe } from './probe.js';

const USER = 'query { user(id: "2") { plan } }';

/** Requests to the GraphQL example: every operation is a POST to one path, and an error of a resolver is a 200. */
export function graphqlProbes({ trustProxy, record }: Options): Probe[] {
  const expected = (change: Partial<ExpectedEvent> = {}): ExpectedEvent => ({
    endpoint: '/graphql',
    method: 'POST',
    status: 200,
    outcome: 'completed',
    metrics: {},
    address: '127.0.0.1',
    ...change,
  });
  const operation = (name: string, query: string, rest: Partial<Probe>): Probe => ({
    name,
    target: '/graphql?token=canary-query',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `# canary-body\n${query}` }),
    expected: expected(),
    ...rest,
  });
  const both = { plan: 'pro', paying: true };
  const unsampled =
    record === 'request'
      ? { metrics: both }
      : { metrics: { paying: true }, optionalMetrics: { plan: 'pro' } };
  const slow = 'query { slow }';
  const { status: _none, ...aborted } = expected({ outcome: 'aborted' });
  return [
    operation('query', USER, { expected: expected({ metrics: both }) }),
    operation('mutation', 'mutation { order(items: ["tea", "cup"]) }', {
      expected: expected({ metrics: { 'order.items': 2 } }),
    }),
    operation('thrown error', 'query { fail }', {}),
    operation('slow', slow, { expected: expected({ latency: 250 }) }),
    operation('aborted before the response', slow, {
      hangUp: 'before response',
      expected: aborted,
    }),
    operation('unsampled caller', USER, { flags: '00', expected: expected(unsampled) }),
    operation('forwarded by the proxy', USER, {
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.77' },
      from: '127.0.0.2',
      expected: expected({ metrics: both, address: trustProxy === undefined ? '127.0.0.2' : '203.0.113.77' }),
    }),
    operation('IPv6', USER, { from: '::1', expected: expected({ metrics: both, address: '::1' }) }),
    {
      name: 'GET with a query',
      target: `/graphql?query=${encodeURIComponent(USER)}`,
      expected: expected({ method: 'GET', metrics: both }),
    },
    {
      name: '404',
      target: '/nowhere',
      expected: expected({ endpoint: '/nowhere', method: 'GET', status: 404 }),
    },
  ];
}
