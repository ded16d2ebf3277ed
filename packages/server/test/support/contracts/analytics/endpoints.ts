import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import { NO_ROUTE } from '../../../../dist/event/path-group.js';
import type { EndpointOrder } from '../../../../dist/store/questions/analytics.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START } from '../../events/events.js';
import { at, HOUR, MINUTE, RANGE } from './asked-hour.js';

/** Endpoints with their figures, in each order. */
export function endpointLists(store: () => Store): void {
  const to = (endpoint: string, members: Partial<CerberusEvent> = {}): CerberusEvent =>
    at(1, { route: null, endpoint, ...members });

  beforeEach(async () => {
    const events = [
      ...[1, 2, 3].map((latencyMs) => to('/busy', { latencyMs })),
      to('/slow', { latencyMs: 900 }),
      ...[5, 6].map((latencyMs) => to('/bad', { latencyMs, outcome: 'error' })),
      to('/bad', { method: 'POST', latencyMs: null }),
      to('/old', { timestamp: START - 1 }),
    ];
    await store().append(append({ events }));
  });

  const names = async (order: EndpointOrder, limit = 50): Promise<string[]> => {
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order, limit });
    return endpoints.map(({ method, endpoint }) => `${method} ${endpoint}`);
  };

  it('orders endpoints by any of their figures, or by their names', async () => {
    const missing = [to('/busy', { statusCode: 404 }), to('/slow', { statusCode: 410 })];
    await store().append(append({ seq: 2, events: [...missing, to('/slow', { statusCode: 499 })] }));
    const first = async (order: EndpointOrder): Promise<string | undefined> => (await names(order))[0];
    expect(await first('client_errors')).to.equal('GET /slow');
    expect(await first('error_rate')).to.equal('GET /bad');
    expect(await first('p50')).to.equal('GET /slow');
    expect(await first('p99')).to.equal('GET /slow');
    expect(await names('endpoint')).to.deep.equal(['GET /bad', 'POST /bad', 'GET /busy', 'GET /slow']);
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order: 'client_errors', limit: 9 });
    expect(endpoints.map(({ clientErrors }) => clientErrors)).to.deep.equal([2, 1, 0, 0]);
  });

  it('keeps the endpoints of applications apart, and puts all that has no route into one of each', async () => {
    const unrouted = { pathGroup: NO_ROUTE, timestamp: START - 30 * MINUTE };
    await store().append(
      append({
        seq: 2,
        events: [
          to('/.env', unrouted),
          to('/wp-login.php', { ...unrouted, method: 'POST', statusCode: 404, latencyMs: 9 }),
          to('/.git', { ...unrouted, clientId: 'other' }),
          to('/users/7', { timestamp: START - 30 * MINUTE, pathGroup: '~/users/:id' }),
          to('/here', { timestamp: START - 30 * MINUTE, clientId: 'other' }),
          to('/here', { timestamp: START - 30 * MINUTE }),
        ],
      }),
    );
    const range = { since: START - HOUR, until: START - 1 };
    const { endpoints, total } = await store().analytics.endpoints({ ...range, order: 'requests', limit: 9 });
    expect(total).to.equal(5);
    expect(
      endpoints.map(({ clientId, method, endpoint, requests }) => [clientId, method, endpoint, requests]),
    ).to.deep.equal([
      ['my-app', '', NO_ROUTE, 2],
      ['other', '', NO_ROUTE, 1],
      ['my-app', 'GET', '/here', 1],
      ['other', 'GET', '/here', 1],
      ['my-app', 'GET', '~/users/:id', 1],
    ]);
    expect(endpoints[0]?.clientErrors).to.equal(1);
    expect(endpoints[0]?.latency.p50).to.be.closeTo(10.6725, 1e-9);
    expect(endpoints[0]?.latency.p95).to.be.closeTo(12.17775, 1e-9);
    expect(endpoints[0]?.latency.p99).to.be.closeTo(12.31155, 1e-9);
    expect(endpoints[0]?.sparkline[15]).to.equal(2);
    const { values } = await store().analytics.values({ ...range, of: 'endpoint', limit: 1 });
    expect(values).to.deep.equal([{ value: NO_ROUTE, requests: 3 }]);
    const named = { ...range, endpoint: NO_ROUTE, clientId: 'my-app', bucketMillis: HOUR };
    expect((await store().analytics.overview(named)).totals.requests).to.equal(2);
  });

  it('orders endpoints by requests, errors or p95', async () => {
    expect(await names('requests')).to.deep.equal(['GET /busy', 'GET /bad', 'POST /bad', 'GET /slow']);
    expect(await names('errors')).to.deep.equal(['GET /bad', 'GET /busy', 'POST /bad', 'GET /slow']);
    expect(await names('p95')).to.deep.equal(['GET /slow', 'GET /bad', 'GET /busy', 'POST /bad']);
  });

  it('says how many of their requests are fast enough, those with the fewest first', async () => {
    // Up to the threshold whole, up to four times it half; without a latency none at all.
    const mixed = [400, 1500, 2500].map((latencyMs) => to('/mixed', { latencyMs }));
    await store().append(append({ seq: 2, events: [...mixed, to('/mixed', { latencyMs: null })] }));
    const scores = async (thresholdMillis?: number): Promise<unknown> => {
      const query = { ...RANGE, order: 'apdex', thresholdMillis, limit: 50 } as const;
      const { endpoints } = await store().analytics.endpoints(query);
      return endpoints.map(({ method, endpoint, apdex }) => [`${method} ${endpoint}`, apdex]);
    };
    const half = [
      ['GET /mixed', 0.5],
      ['GET /slow', 0.5],
      ['GET /busy', 1],
      ['GET /bad', 1],
      ['POST /bad', null],
    ];
    expect(await scores()).to.deep.equal(half);
    expect(await scores(500)).to.deep.equal(half);
    expect(await scores(2)).to.deep.equal([
      ['GET /mixed', 0],
      ['GET /slow', 0],
      ['GET /bad', 0.5],
      ['GET /busy', 5 / 6],
      ['POST /bad', null],
    ]);
  });

  it('says it by the threshold of an endpoint where it has its own, and orders by that', async () => {
    const unrouted = { pathGroup: NO_ROUTE, latencyMs: 1000 };
    const others = [to('/.env', unrouted), to('/x', { ...unrouted, method: 'POST', latencyMs: 5000 })];
    await store().append(
      append({ seq: 2, events: [...others, to('/slow', { clientId: 'other', latencyMs: 9 })] }),
    );
    const own = (clientId: string, method: string, endpoint: string, thresholdMillis: number) => ({
      clientId,
      method,
      endpoint,
      thresholdMillis,
    });
    const ownThresholds = [
      own('my-app', 'GET', '/busy', 1),
      own('my-app', '', NO_ROUTE, 1500),
      own('other', 'GET', '/slow', 1),
      own('my-app', 'POST', '/slow', 1),
      own('nobody', 'GET', '/slow', 1),
    ];
    const query = { ...RANGE, order: 'apdex', ownThresholds, limit: 50 } as const;
    const { endpoints } = await store().analytics.endpoints(query);
    expect(
      endpoints.map(({ clientId, method, endpoint, apdex }) => [clientId, method, endpoint, apdex]),
    ).to.deep.equal([
      ['other', 'GET', '/slow', 0],
      ['my-app', 'GET', '/slow', 0.5],
      ['my-app', 'GET', '/busy', 2 / 3],
      ['my-app', '', NO_ROUTE, 0.75],
      ['my-app', 'GET', '/bad', 1],
      ['my-app', 'POST', '/bad', null],
    ]);
  });

  it('says how many endpoints there are beside those that are listed, and their shares of all requests', async () => {
    const list = await store().analytics.endpoints({ ...RANGE, order: 'requests', limit: 1 });
    expect([list.total, list.endpoints.length]).to.deep.equal([4, 1]);
    expect(list.endpoints[0]).to.deep.include({ requests: 3, errors: 0 });
    expect(list.endpoints[0]?.share).to.be.closeTo(3 / 7, 1e-9);
    expect(list.endpoints[0]?.latency).to.deep.include({ p50: 2 });
  });

  it('finds endpoints by a part of their names, without another share of all requests', async () => {
    const found = async (search: string): Promise<unknown> => {
      const list = await store().analytics.endpoints({ ...RANGE, order: 'requests', limit: 1, search });
      return [list.total, list.endpoints[0]?.share];
    };
    expect(await found('BUS')).to.deep.equal([1, 3 / 7]);
    expect(await found('/')).to.deep.equal([4, 3 / 7]);
    expect(await found('%')).to.deep.equal([0, undefined]);
  });

  it('cuts the range into thirty parts for each of them', async () => {
    await store().append(append({ seq: 2, events: [at(0), at(1.99), at(2), at(59.99)] }));
    const { endpoints } = await store().analytics.endpoints({ ...RANGE, order: 'p95', limit: 50 });
    const { sparkline = [] } = endpoints.find(({ endpoint }) => endpoint === '/api/users/:id') ?? {};
    expect(sparkline).to.deep.equal([2, 1, ...Array.from({ length: 27 }, () => 0), 1]);
  });

  it('lists nothing without events', async () => {
    const range = { since: START - 2 * HOUR, until: START - HOUR };
    const list = await store().analytics.endpoints({ ...range, order: 'requests', limit: 50 });
    expect(list).to.deep.include({ endpoints: [], total: 0 });
  });
}
