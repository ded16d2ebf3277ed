// Share links against a running server: what each rule keeps in, and that a link is over when it is over.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { LINK_RULES } from '../../../dist/api/sharing/link-rules.js';
import type { CerberusServer } from '../../../dist/server.js';
import { ControlledStore } from '../../support/servers/controlled-store.js';
import { until, within } from '../../support/deadline.js';
import { afterTest } from '../../support/disposal.js';
import { wireEvent } from '../../support/events/events.js';
import { rawSocket, upgradeRequest } from '../../support/senders/raw-upgrade.js';
import { call, server, TOKEN } from '../../support/servers/server-fixture.js';
import { tempFolder } from '../../support/temp-folder.js';

const RANGE = { since: '2025-03-01T11:00:00Z', until: '2025-03-01T13:00:00Z' };
const OVERVIEW = { view: 'overview', ...RANGE };
const ENDPOINT = { view: 'endpoint', ...RANGE, method: 'GET', endpoint: '/api/users/:id' };

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function make(
  { url }: CerberusServer,
  wish: unknown,
  headers: Record<string, string> = {},
): Promise<{ secret: string; id: string }> {
  const { status, body } = await post(`${url}/api/shares`, wish, headers);
  expect(status, JSON.stringify(body)).to.equal(201);
  return { secret: String(body['secret']), id: String(body['id']) };
}

function withLink({ url }: CerberusServer, secret: string, path: string, headers = {}): Promise<Answer> {
  return call(`${url}${path}`, { headers: { authorization: `Bearer ${secret}`, ...headers } });
}

async function send({ url }: CerberusServer, client_id: string, members = {}): Promise<void> {
  const { status } = await post(`${url}/v1/ingest/batch`, { events: [{ ...wireEvent(members), client_id }] });
  expect(status).to.equal(200);
}

/** A store that answers the question of an overview when it is told to. */
function heldStore(): { store: ControlledStore; asked: Promise<void>; release: () => void } {
  const store = new ControlledStore();
  const { analytics } = store;
  let release = (): void => undefined;
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const held: typeof analytics = Object.assign(Object.create(analytics) as typeof analytics, {
    overview: async (query: Parameters<typeof analytics.overview>[0]) => {
      tell();
      await released;
      return analytics.overview(query);
    },
  });
  Object.defineProperty(store, 'analytics', { value: held });
  return { store, asked, release: () => release() };
}

describe('share links', () => {
  let running: CerberusServer;

  beforeEach(async () => {
    running = await server();
  });

  async function cookieOf(token = TOKEN): Promise<string> {
    const { headers } = await post(`${running.url}/api/session`, { token });
    return headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  it('show their view with the figures of their own application and endpoint, and of no other', async () => {
    await send(running, 'shop');
    await send(running, 'shop', { route: '/other', endpoint: '/other' });
    for (let each = 0; each < 3; each += 1) await send(running, 'office');
    const requests = async (wish: unknown): Promise<unknown> => {
      const { secret } = await make(running, wish);
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
    const { secret } = await make(running, { ...OVERVIEW, client_id: 'shop' });
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
      await send(running, 'shop', members);
    const filter = { status: '5xx', release: '2' };
    const { secret } = await make(running, { ...OVERVIEW, filter, details: true });
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

    const ofEndpoint = await make(running, { ...ENDPOINT, filter, details: true });
    const { body: events } = await withLink(running, ofEndpoint.secret, '/api/events');
    expect((events['events'] as { span_id: string }[]).map((event) => event.span_id)).to.deep.equal([
      'aaaaaaaaaaaaaaaa',
    ]);
    const ofMetrics = await make(running, { ...OVERVIEW, view: 'metrics', filter });
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
    await send(running, 'shop', { span_id: 'aaaaaaaaaaaaaaaa' });
    await send(running, 'office');
    const wish = { ...ENDPOINT, client_id: 'shop' };
    const [open, closed] = [await make(running, { ...wish, details: true }), await make(running, wish)];
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
      await send(running, 'shop', { custom_data: { plan } });
    const shares = async (details: boolean): Promise<unknown[]> => {
      const { secret } = await make(running, { ...OVERVIEW, view: 'metrics', metric: 'plan', details });
      const { body } = await withLink(running, secret, '/api/custom-metrics/detail?name=plan');
      return [body['shares'], body['others']];
    };
    expect(await shares(false)).to.deep.equal([[{ value: 'gold', count: 5 }], 1]);
    expect(((await shares(true)) as [unknown[]])[0]).to.have.length(2);
  });

  it('say what they open, and neither who made them nor what administrators see', async () => {
    const wish = { ...ENDPOINT, client_id: 'shop', valid_for: '1h' };
    const { secret, id } = await make(running, wish);
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

  it('S17 reach no route that their table does not name, with a session and every other token beside them or not', async () => {
    const { secret } = await make(running, { ...OVERVIEW, details: true });
    const cookie = await cookieOf();
    const beside = [{}, { cookie }, { 'x-api-key': TOKEN }];
    for (const [name, rule] of Object.entries(LINK_RULES)) {
      const [method = '', path = ''] = name.split(' ');
      if (name === 'GET /ws/events') continue;
      const isAllowed = typeof rule === 'string' ? rule !== 'never' : rule.views.includes('overview');
      for (const headers of beside) {
        const answer = await call(`${running.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
          ...(method === 'POST' && { body: '{"events":[]}' }),
        });
        expect(answer.status, name).to.equal(isAllowed ? 200 : 403);
        expect(answer.headers.get('set-cookie'), name).to.equal(null);
      }
    }
    expect(
      (await call(`${running.url}/api/session`, { headers: { authorization: '', cookie } })).status,
    ).to.equal(200);
  });

  it('that are wrong or over give way to no session and no other token', async () => {
    const { secret, id } = await make(running, OVERVIEW);
    await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE' });
    const cookie = await cookieOf();
    for (const each of [secret, 'share-wrong'])
      for (const headers of [{ cookie }, { 'x-api-key': TOKEN }])
        for (const path of ['/api/overview', '/api/session', '/api/shares'])
          expect((await withLink(running, each, path, headers)).status, path).to.equal(401);
  });

  it('open no WebSocket', async () => {
    const { secret } = await make(running, { ...OVERVIEW, details: true });
    const cookie = await cookieOf();
    for (const protocol of ['cerberus.batch.v1', undefined]) {
      const { socket, received } = await rawSocket(running.port);
      const headers = { Authorization: `Bearer ${secret}`, Cookie: cookie };
      socket.write(
        upgradeRequest('/ws/events', { ...headers, ...(protocol && { 'Sec-WebSocket-Protocol': protocol }) }),
      );
      await until('an answer', () => received().length > 12);
      expect(received().toString('latin1')).to.match(/^HTTP\/1\.1 40[13] /);
      socket.destroy();
    }
  });

  it('are made, listed and revoked by administrators only', async () => {
    const tokens: Record<string, string> = {};
    for (const purpose of ['ingest', 'read', 'admin']) {
      const { body } = await post(`${running.url}/api/tokens`, { name: purpose, purpose });
      tokens[purpose] = String(body['token']);
    }
    const bearer = (token = ''): Record<string, string> => ({ authorization: `Bearer ${token}` });
    for (const purpose of ['ingest', 'read'])
      expect((await post(`${running.url}/api/shares`, OVERVIEW, bearer(tokens[purpose]))).status).to.equal(
        403,
      );
    const cookie = { authorization: '', cookie: await cookieOf(tokens['admin']) };
    const reader = { authorization: '', cookie: await cookieOf(tokens['read']) };
    expect((await post(`${running.url}/api/shares`, OVERVIEW, reader)).status).to.equal(403);
    const { id } = await make(running, OVERVIEW, cookie);
    const { body } = await call(`${running.url}/api/shares`, { headers: bearer(tokens['admin']) });
    const [listed] = body['shares'] as Record<string, unknown>[];
    expect(listed).to.include({ id, view: 'overview', details: false });
    expect(listed).not.to.have.any.keys('secret', 'hash');
    const revoked = await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE', headers: cookie });
    expect(revoked.body).to.deep.equal({ revoked: id });
    for (const query of ['?id=nothing', `?id=${id}`])
      expect((await call(`${running.url}/api/shares${query}`, { method: 'DELETE' })).status).to.equal(404);
    expect((await call(`${running.url}/api/shares`, { method: 'DELETE' })).status).to.equal(400);
  });

  it('are refused with the rule that was broken, and above a hundred', async () => {
    const { status, body } = await post(`${running.url}/api/shares`, { view: 'live' });
    expect([status, body]).to.deep.equal([
      400,
      { error: '`view` must be one of overview, endpoint, metrics' },
    ]);
    const form = await post(`${running.url}/api/shares`, OVERVIEW, { 'content-type': 'text/plain' });
    expect(form.status).to.equal(415);
    for (let each = 0; each < 100; each += 1) await make(running, OVERVIEW);
    expect((await post(`${running.url}/api/shares`, OVERVIEW)).body).to.deep.equal({
      error: 'there are 100 links: revoke one first',
    });
  });

  it('S17 are over at once when they are revoked, also for a question that is being answered', async () => {
    const { store, asked, release } = heldStore();
    const slow = await server({ store });
    const { secret, id } = await make(slow, OVERVIEW);
    const answer = withLink(slow, secret, '/api/overview');
    await within('the question', asked);
    await call(`${slow.url}/api/shares?id=${id}`, { method: 'DELETE' });
    release();
    expect((await answer).status).to.equal(401);
    const after = await withLink(slow, secret, '/api/session');
    expect([after.status, after.body]).to.deep.equal([401, { error: 'the link is not valid, or no longer' }]);
  });

  it('S17 are over when their time is, by the clock of the server', async () => {
    const { now } = Date;
    let ahead = 0;
    Date.now = () => now() + ahead;
    afterTest(() => (Date.now = now));
    const timed = await server();
    const { secret } = await make(timed, { ...OVERVIEW, valid_for: '1h' });
    ahead = 3_590_000;
    expect((await withLink(timed, secret, '/api/overview')).status).to.equal(200);
    ahead = 3_600_000;
    for (const path of ['/api/overview', '/api/session'])
      expect((await withLink(timed, secret, path)).status, path).to.equal(401);
    expect((await call(`${timed.url}/api/shares`)).body).to.deep.equal({ shares: [] });
  });

  it('S17 outlive a restart, and their secret is in no file', async () => {
    const folder = tempFolder();
    const db = join(folder, 'x.duckdb');
    const first = await server({ db });
    const [kept, revoked] = [await make(first, OVERVIEW), await make(first, OVERVIEW)];
    await call(`${first.url}/api/shares?id=${revoked.id}`, { method: 'DELETE' });
    const secretIn = (): readonly string[] =>
      readdirSync(folder).filter((name) => {
        const bytes = readFileSync(join(folder, name));
        return [kept, revoked].some(({ secret }) => bytes.includes(secret.slice('share-'.length)));
      });
    expect(existsSync(`${db}.shares`)).to.equal(true);
    expect(statSync(`${db}.shares`).mode & 0o777).to.equal(0o600);
    expect(secretIn()).to.deep.equal([]);
    await first.close();
    const second = await server({ db });
    expect((await withLink(second, kept.secret, '/api/overview')).status).to.equal(200);
    expect((await withLink(second, revoked.secret, '/api/overview')).status).to.equal(401);
    expect(secretIn()).to.deep.equal([]);
  });

  it('are guessed no more often than tokens, and one that has ended is no guess', async () => {
    const { secret, id } = await make(running, OVERVIEW);
    await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE' });
    for (let each = 0; each < 15; each += 1)
      expect((await withLink(running, secret, '/api/overview')).status, 'an old one').to.equal(401);
    const valid = await make(running, OVERVIEW);
    const statuses: number[] = [];
    for (let each = 0; each < 11; each += 1)
      statuses.push((await withLink(running, `share-${each}`, '/api/overview')).status);
    expect(statuses).to.deep.equal([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await withLink(running, valid.secret, '/api/overview')).status, 'a right one').to.equal(200);
  });

  it('let nobody guess tokens beside them', async () => {
    const { secret } = await make(running, OVERVIEW);
    const statuses: number[] = [];
    for (let each = 0; each < 11; each += 1) {
      const answer = await withLink(running, secret, '/api/overview', { 'x-api-key': `sk-${each}` });
      statuses.push(answer.status);
    }
    expect(statuses.at(-1)).to.equal(429);
  });

  it('leave what looks like one a token, if it is one', async () => {
    const chosen = await server({ token: 'share-chosen-by-somebody' });
    const { status } = await withLink(chosen, 'share-chosen-by-somebody', '/api/events');
    expect(status).to.equal(200);
  });

  it('are no way around sign-in where a server has none, and the other way round', async () => {
    const open = await server({ signIn: false, token: undefined });
    const bearer = { authorization: `Bearer ${open.token}` };
    expect((await call(`${open.url}/api/events`, { headers: { authorization: '' } })).status).to.equal(200);
    const { secret } = await make(open, OVERVIEW, bearer);
    expect((await withLink(open, secret, '/api/overview')).status).to.equal(200);
    expect((await withLink(open, secret, '/api/events')).status).to.equal(403);
    expect((await withLink(open, 'share-wrong', '/api/overview')).status).to.equal(401);
  });

  it('are in no log line', async () => {
    const lines: string[] = [];
    const watched = await server({ log: (level, line) => void lines.push(`${level} ${line}`) });
    const { secret, id } = await make(watched, OVERVIEW);
    await withLink(watched, secret, '/api/overview');
    await withLink(watched, secret, '/api/events');
    await call(`${watched.url}/api/shares?id=${id}`, { method: 'DELETE' });
    await withLink(watched, secret, '/api/overview');
    expect(lines.join('\n')).not.to.include(secret);
  });

  it('have a place among strangers, so that nobody who has one takes a place of those with a token', async () => {
    const { store, asked, release } = heldStore();
    const small = await server({ store, maxHttpConnections: 1 });
    const { secret } = await make(small, OVERVIEW);
    const answer = withLink(small, secret, '/api/overview');
    await within('the question', asked);
    const { status } = await call(`${small.url}/api/events`, { headers: { connection: 'close' } });
    expect(status).to.equal(200);
    release();
    expect((await answer).status).to.equal(200);
  });
});
