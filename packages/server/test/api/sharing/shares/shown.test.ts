// Share links against a running server: what each shows, and of what it shows nothing.
import { expect } from 'chai';

import type { CerberusServer } from '../../../../dist/server.js';
import { server } from '../../../support/servers/server-fixture.js';
import {
  ENDPOINT,
  makeLink,
  OVERVIEW,
  post,
  sendEvent,
  withLink,
} from '../../../support/servers/share-links.js';

describe('share links', () => {
  let running: CerberusServer;

  beforeEach(async () => {
    running = await server();
  });

  it('show their view with the figures of their own application and endpoint, and of no other', async () => {
    await sendEvent(running, 'shop');
    await sendEvent(running, 'shop', { route: '/other', endpoint: '/other' });
    for (let each = 0; each < 3; each += 1) await sendEvent(running, 'office');
    const requests = async (wish: unknown): Promise<unknown> => {
      const { secret } = await makeLink(running, wish);
      const { status, body } = await withLink(running, secret, '/api/overview');
      expect(status).to.equal(200);
      return (body['totals'] as Record<string, unknown>)['requests'];
    };
    expect(await requests(OVERVIEW), 'all').to.equal(5);
    expect(await requests({ ...OVERVIEW, client_id: 'shop' })).to.equal(2);
    expect(await requests({ ...ENDPOINT, client_id: 'shop' })).to.equal(1);
    expect(await requests({ ...OVERVIEW, range: '1h', since: undefined, until: undefined }), 'now').to.equal(
      0,
    );
    const { secret } = await makeLink(running, { ...OVERVIEW, client_id: 'shop' });
    for (const query of ['client_id=office', 'client_id=shop', 'since=0', 'until=1', 'endpoint=/&method=GET'])
      expect((await withLink(running, secret, `/api/overview?${query}`)).status, query).to.equal(403);
    const { body } = await withLink(running, secret, '/api/endpoints?sort=requests');
    expect(body['total']).to.equal(2);
  });

  it('with a filter answer only under it, and whoever has one can neither replace it nor take it away', async () => {
    const users = { route: '/api/users/:id' };
    for (const members of [
      { ...users, status_code: 500, service_version: '2', span_id: 'aaaaaaaaaaaaaaaa' },
      { ...users, status_code: 500, service_version: '1' },
      { ...users, status_code: 200, service_version: '2' },
      { route: '/b', status_code: 503, service_version: '2', custom_data: { items: 1 } },
      { route: '/c', status_code: 404, service_version: '2', custom_data: { items: 2, others: 1 } },
    ])
      await sendEvent(running, 'shop', members);
    const filter = { status: '5xx', release: '2' };
    const { secret } = await makeLink(running, { ...OVERVIEW, filter, details: true });
    const requests = async (query: string): Promise<unknown> => {
      const { status, body } = await withLink(running, secret, `/api/overview${query}`);
      return status === 200 ? (body['totals'] as Record<string, unknown>)['requests'] : status;
    };
    expect(await requests('')).to.equal(2);
    // Also the same value, an empty one, a second one, a word that the link does not say, and one that nobody knows.
    for (const query of [
      'status=2xx',
      'status=5xx',
      'status=',
      'status',
      'status=5xx&status=2xx',
      'release=1',
      'outcome=completed',
      'latency_ms_min=0',
      'filter={}',
      'Status=2xx',
      'x=1',
    ])
      expect(await requests(`?${query}`), query).to.equal(403);
    const { body: list } = await withLink(running, secret, '/api/endpoints');
    expect((list['endpoints'] as { endpoint: string }[]).map(({ endpoint }) => endpoint)).to.have.members([
      '/api/users/:id',
      '/b',
    ]);
    const { body: found } = await withLink(running, secret, '/api/endpoints?q=b');
    expect(found['total'], 'a search narrows it').to.equal(1);
    expect((await withLink(running, secret, '/api/clients')).status).to.equal(200);

    const ofEndpoint = await makeLink(running, { ...ENDPOINT, filter, details: true });
    const { body: events } = await withLink(running, ofEndpoint.secret, '/api/events');
    expect((events['events'] as { span_id: string }[]).map((event) => event.span_id)).to.deep.equal([
      'aaaaaaaaaaaaaaaa',
    ]);
    const ofMetrics = await makeLink(running, { ...OVERVIEW, view: 'metrics', filter });
    const { body: metrics } = await withLink(running, ofMetrics.secret, '/api/custom-metrics');
    expect((metrics['metrics'] as { name: string }[]).map(({ name }) => name))
      .to.include('items')
      .and.not.include('others');
    const { body: detail } = await withLink(
      running,
      ofMetrics.secret,
      '/api/custom-metrics/detail?name=items',
    );
    expect(detail['events']).to.equal(1);
    const { body: session } = await withLink(running, secret, '/api/session');
    expect((session['share'] as Record<string, unknown>)['filter']).to.deep.equal(filter);
  });

  it('have no filter that the server does not take, or that is about somebody', async () => {
    for (const [filter, rule] of [
      [{ source_ip: 'ab' }, /^`filter` may have these words/],
      [{ status: 'all' }, /`status`/],
      [{ latency_ms_min: 'fast' }, /`latency_ms_min`/],
      [{ outcome: 'odd' }, /`outcome`/],
    ] as const) {
      const { status, body } = await post(`${running.url}/api/shares`, { ...OVERVIEW, filter });
      expect([status, JSON.stringify(filter)]).to.deep.equal([400, JSON.stringify(filter)]);
      expect(body['error']).to.match(rule);
    }
  });

  it('with details show events and clients of what they are about, and without none', async () => {
    await sendEvent(running, 'shop', { span_id: 'aaaaaaaaaaaaaaaa' });
    await sendEvent(running, 'office');
    const wish = { ...ENDPOINT, client_id: 'shop' };
    const [open, closed] = [
      await makeLink(running, { ...wish, details: true }),
      await makeLink(running, wish),
    ];
    const { body } = await withLink(running, open.secret, '/api/events?limit=20');
    expect((body['events'] as { span_id: string }[]).map((event) => event.span_id)).to.deep.equal([
      'aaaaaaaaaaaaaaaa',
    ]);
    const clients = await withLink(running, open.secret, '/api/clients');
    expect(clients.body['clients']).to.have.length(1);
    for (const path of ['/api/events', '/api/clients'])
      expect((await withLink(running, closed.secret, path)).body, path).to.deep.equal({
        error: 'the link shares no single events or clients',
      });
  });

  it('without details show no text of a metric that few requests have', async () => {
    for (const plan of ['gold', 'gold', 'gold', 'gold', 'gold', 'order-4711'])
      await sendEvent(running, 'shop', { custom_data: { plan } });
    const shares = async (details: boolean): Promise<unknown[]> => {
      const { secret } = await makeLink(running, { ...OVERVIEW, view: 'metrics', metric: 'plan', details });
      const { body } = await withLink(running, secret, '/api/custom-metrics/detail?name=plan');
      return [body['shares'], body['others']];
    };
    expect(await shares(false)).to.deep.equal([[{ value: 'gold', count: 5 }], 1]);
    expect(((await shares(true)) as [unknown[]])[0]).to.have.length(2);
  });

  it('say what they open, and neither who made them nor what administrators see', async () => {
    const wish = { ...ENDPOINT, client_id: 'shop', valid_for: '1h' };
    const { secret, id } = await makeLink(running, wish);
    const { body } = await withLink(running, secret, '/api/session');
    const { share, ...session } = body as { share: Record<string, unknown> };
    expect(session).to.deep.equal({
      signed_in: false,
      sign_in: true,
      admin: false,
      rotate_key: 'off',
      trace_url_template: null,
    });
    const { expires_at: end, ...shown } = share;
    expect(shown).to.deep.equal({
      id,
      view: 'endpoint',
      range: null,
      since: '2025-03-01T11:00:00.000Z',
      until: '2025-03-01T13:00:00.000Z',
      client_id: 'shop',
      method: 'GET',
      endpoint: '/api/users/:id',
      filter: {},
      metric: null,
      sort: 'requests',
      details: false,
    });
    expect(Date.parse(String(end)) - Date.now()).to.be.within(3_500_000, 3_600_000);
  });
});
