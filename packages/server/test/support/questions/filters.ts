import fc from 'fast-check';

import { OUTCOMES } from '../../../dist/event/event.js';
import type { EventFilter } from '../../../dist/store/filter/event-filter.js';

/** What chooses among the events of `randomEvent`, one thing after the other and together. */
export const MEMBER_FILTERS: Readonly<Record<string, EventFilter>> = {
  'a method': { method: 'POST' },
  'a part of a name': { endpointPart: '/C/' },
  'a path': { path: '/c/1' },
  'a class of statuses': { status: { from: 500, to: 599 } },
  'no status': { status: 'none' },
  'no outcome': { outcome: null },
  'what counts as an error': { failed: true, clientId: 'shop' },
  'a class of errors': { errorType: 'TypeError' },
  'the first digits of a client': { client: 'f' },
  'a user': { userId: 'user-3' },
  'people, of one endpoint': { synthetic: 'none', method: 'GET', endpoint: '/c/:id' },
  'a release, in an environment': { release: '1.4.2', environment: 'production' },
  'an environment': { environment: 'production' },
  'bots and tests, of an application': { synthetic: 'any', clientId: 'shop' },
  'a consumer': { consumer: 'consumer-1' },
  'a group of consumers': { consumerGroup: 'free', method: 'POST' },
  'latencies from 50 ms to 500': { latency: { from: 50, to: 500 } },
  'a number of a metric': { metric: { name: 'items', from: 0, to: 9.5 } },
  'a text of a metric': { metric: { name: 'plan', equals: 'pro' } },
};

const span = (least: number, most: number): fc.Arbitrary<{ from?: number; to?: number }> =>
  fc.record(
    { from: fc.integer({ min: least, max: most }), to: fc.integer({ min: least, max: most }) },
    { requiredKeys: [] },
  );

/** Any filter but for its time, of what {@link anyMembers} are. Most of its conditions hold for many events. */
export const anyFilter: fc.Arbitrary<EventFilter> = fc
  .subarray(
    [
      fc.constantFrom('shop', 'blog', 'nobody').map((clientId) => ({ clientId })),
      fc.constantFrom('GET', 'POST').map((method) => ({ method })),
      fc.constantFrom('/c/:id', '/a', '/c/1').map((endpoint) => ({ endpoint })),
      fc.constantFrom('/C', ':ID', 'é', '%', '_').map((endpointPart) => ({ endpointPart })),
      fc.constantFrom('/c/1', '/a').map((path) => ({ path })),
      fc
        .oneof(
          fc.constant('none' as const),
          fc.constantFrom(1, 2, 5, 7).map((first) => ({ from: first * 100, to: first * 100 + 99 })),
          fc.constant({ from: 404, to: 404 }),
        )
        .map((status) => ({ status })),
      fc.constantFrom(null, ...OUTCOMES).map((outcome) => ({ outcome })),
      fc.boolean().map((failed) => ({ failed })),
      fc.constantFrom('TypeError', '500', null).map((errorType) => ({ errorType })),
      fc.constantFrom('3', '33', '7'.repeat(64), '7'.repeat(20), '34').map((client) => ({ client })),
      fc.constantFrom('u1', 'u2', '\0').map((userId) => ({ userId })),
      fc.constantFrom('s1', 's2').map((sessionId) => ({ sessionId })),
      fc.constantFrom('a'.repeat(32), 'b'.repeat(32)).map((traceId) => ({ traceId })),
      fc.constantFrom('bot', 'test', 'any', 'none').map((synthetic) => ({ synthetic })),
      fc.constantFrom('1.4.1', '1.4.2').map((release) => ({ release })),
      fc.constantFrom('production', 'staging').map((environment) => ({ environment })),
      fc.constantFrom('acme', 'globex').map((consumer) => ({ consumer })),
      fc.constantFrom('free', 'pro').map((consumerGroup) => ({ consumerGroup })),
      span(0, 100_000).map((latency) => ({ latency })),
      fc
        .tuple(
          fc.constantFrom('x', 'y', 'a/b~c', 'large', 'small', 'a"x'),
          fc.option(
            fc.constantFrom(
              'a',
              '',
              'true',
              '1',
              '-2',
              '0.125',
              'null',
              '[1]',
              'a,b}',
              '\\',
              String(2 ** 70),
            ),
            { nil: undefined },
          ),
          fc.oneof(
            fc.constant({}),
            span(-5, 5),
            fc.constantFrom({ from: 2 ** 69 }, { from: 2 ** -31, to: 0.1 }),
          ),
        )
        .map(([name, equals, numbers]) => ({ metric: { name, equals, ...numbers } })),
    ],
    { minLength: 1, maxLength: 3 },
  )
  .chain((chosen) => fc.tuple(...chosen))
  .map((parts) => Object.assign({}, ...parts) as EventFilter);

/** The members that only filters look at. */
export const anyMembers = fc.record({
  errorType: fc.option(fc.constantFrom('TypeError', '500')),
  userId: fc.option(fc.constantFrom('u1', 'u2')),
  sessionId: fc.option(fc.constantFrom('s1', 's2')),
  traceId: fc.option(fc.constantFrom('a'.repeat(32), 'b'.repeat(32))),
  syntheticType: fc.option(fc.constantFrom('bot' as const, 'test' as const)),
  release: fc.option(fc.constantFrom('1.4.1', '1.4.2')),
  environment: fc.option(fc.constantFrom('production', 'staging')),
  consumer: fc.option(fc.constantFrom('acme', 'globex')),
  consumerGroup: fc.option(fc.constantFrom('free', 'pro')),
  consumerLabel: fc.option(fc.constantFrom('Acme', 'Acme Inc.')),
});
