// The same words choose the same requests, whatever is asked about them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { QUERIES } from '../../dist/api/query/descriptions.js';
import { DIMENSIONS } from '../../dist/store/questions/value-list.js';
import type { CerberusServer } from '../../dist/server.js';
import { HASH, START, wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

type Json = Record<string, unknown>;

const OTHER = HASH.replace('3', '4');

/** Requests of which each filter below leaves only `/wanted`. */
const WANTED = {
  endpoint: '/wanted',
  route: '/wanted/:ID',
  method: 'DELETE',
  status_code: 503,
  outcome: 'aborted',
  error_type: 'TimeoutError',
  source_ip: OTHER,
  user_id: 'ann',
  session_id: 's-1',
  trace_id: 'ab'.repeat(16),
  user_agent_synthetic_type: 'test',
  service_version: '1.4.2',
  deployment_environment: 'production',
  consumer: 'acme',
  consumer_group: 'pro',
  latency_ms: 900,
  custom_data: { plan: 'pro', items: 7, vip: true, large: 1.8e18, small: 2e-12 },
};
const UNWANTED = {
  endpoint: '/other',
  route: undefined,
  latency_ms: 5,
  custom_data: { plan: 'free', items: 70, vip: false, large: 1.7e18, small: 3e-12 },
};

const FILTERS: readonly string[] = [
  'endpoint=/wanted/:ID',
  'endpoint_contains=WANT',
  'path=/wanted',
  'method=DELETE',
  'status=503',
  'status=5xx',
  'outcome=aborted',
  'error_type=TimeoutError',
  `source_ip=${OTHER}`,
  `source_ip=${OTHER.slice(0, 8).toUpperCase()}`,
  'user_id=ann',
  'session_id=s-1',
  `trace_id=${'AB'.repeat(16)}`,
  'synthetic=test',
  'synthetic=any',
  'release=1.4.2',
  'environment=production',
  'consumer=acme',
  'consumer_group=pro',
  'latency_ms_min=100.5',
  'metric=plan&metric_equals=pro',
  'metric=items&metric_equals=7',
  'metric=vip&metric_equals=true',
  'metric=items&metric_max=7',
  'metric=items&metric_min=6.999999999999999&metric_max=7e0',
  'metric=large&metric_min=1.7000000000000002e%2B18',
  'metric=small&metric_max=2e-12',
  'status=5xx&outcome=aborted&latency_ms_max=900&user_id=ann&metric=items&metric_min=7',
];

describe('the filter', () => {
  let running: CerberusServer;

  const get = async (path: string): Promise<Json> => {
    const { status, body } = await call(`${running.url}${path}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };

  const exported = async (query: string): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (await fetch(`${running.url}/api/export?${query}`, { headers })).text();
  };

  before(async () => {
    running = await server({ db: join(tempFolder(), 'x.duckdb') });
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    client.frame(1, wireEvent(WANTED), wireEvent(UNWANTED), wireEvent(UNWANTED));
    await client.next();
    await client.close();
  });

  after(async () => {
    await stopServers();
    removeTempFolders();
  });

  const range = `since=${START - 1000}&until=${START + 1000}`;

  for (const filter of FILTERS) {
    it(`leaves the same request of every question: ${filter}`, async () => {
      const asked = `${range}&${filter}`;
      const { events } = (await get(`/api/events?${asked}`)) as { events: Json[] };
      expect(events.map((event) => event['endpoint'])).to.deep.equal(['/wanted']);
      expect(await get(`/api/summary?${asked}`)).to.include({ requests: 1, clients: 1 });
      expect(await get(`/api/overview?${asked}`)).to.have.nested.property('totals.requests', 1);
      const { endpoints } = (await get(`/api/endpoints?${asked}`)) as { endpoints: Json[] };
      expect(endpoints.map((each) => [each['endpoint'], each['share']])).to.deep.equal([['/wanted/:ID', 1]]);
      const { clients } = (await get(`/api/clients?${asked}`)) as { clients: Json[] };
      expect(clients.map((each) => each['source_ip'])).to.deep.equal([OTHER]);
      expect(await get(`/api/custom-metrics?${asked}`)).to.include({ events: 1, total: 5 });
      expect(await get(`/api/custom-metrics/detail?${asked}&name=items`)).to.have.nested.property(
        'numbers.max',
        7,
      );
      const lines = (await exported(asked)).trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as Json)['endpoint'])).to.deep.equal(['/wanted']);
    });
  }

  it('leaves the same request of an export as CSV, with a line of names', async () => {
    const [names, line, ...more] = (await exported(`${range}&format=csv&user_id=ann`)).trim().split('\n');
    expect(names).to.match(/^client_id,received_at,source_ip,endpoint,/);
    expect(line)
      .to.match(/^my-app,\d{4}-\d\d-\d\dT[\d:.]+Z,/)
      .and.include(`,/wanted,`)
      .and.include(',503,900.0,');
    expect(more).to.deep.equal([]);
  });

  it('tells requests that have something from those that have not', async () => {
    const requests = async (filter: string): Promise<unknown> =>
      (await get(`/api/summary?${range}&${filter}`))['requests'];
    expect(await requests('synthetic=none')).to.equal(2);
    expect(await requests('outcome=none')).to.equal(0);
    expect(await requests('status=none')).to.equal(0);
    expect(await requests('metric=plan')).to.equal(3);
    expect(await requests('failed=false')).to.equal(3);
  });

  it('knows which values there are of each of its words, and finds some', async () => {
    const values = async (query: string): Promise<unknown> =>
      (await get(`/api/values?${range}&${query}`))['values'];
    expect(await values('of=endpoint')).to.deep.equal([
      { value: '(no route)', requests: 2 },
      { value: '/wanted/:ID', requests: 1 },
    ]);
    expect(await values('of=endpoint&q=WANTED')).to.deep.equal([{ value: '/wanted/:ID', requests: 1 }]);
    expect(await values('of=status&failed=true')).to.deep.equal([]);
    expect(await values('of=user_id')).to.deep.equal([{ value: 'ann', requests: 1 }]);
    expect(await get(`/api/values?${range}&of=status&limit=1`)).to.deep.equal({
      since: new Date(START - 1000).toISOString(),
      values: [{ value: '200', requests: 2 }],
      more: true,
    });
    expect(await values('of=path&q=WANTED&part=latest')).to.deep.equal([{ value: '/wanted', requests: 1 }]);
    const { status, body } = await call(`${running.url}/api/values`);
    expect([status, body['error']]).to.deep.equal([400, `\`of\` must be one of ${DIMENSIONS.join(', ')}`]);
  });

  it('does not say how many there are in a second where only events tell which are meant', async () => {
    const now = async (filter: string): Promise<unknown> =>
      (await get(`/api/overview?${range}&${filter}`))['now'];
    expect(await now('method=DELETE'))
      .to.have.property('requests_per_second')
      .that.is.a('number');
    expect(await now('user_id=ann')).to.deep.equal({ requests_per_second: null });
  });

  for (const [name, description] of Object.entries(QUERIES)) {
    if (description === 'any') continue;
    const [method = '', path = ''] = name.split(' ');

    it(`is refused with a parameter that does not exist, by its name: ${name}`, async () => {
      const { status, body } = await call(`${running.url}${path}?user-id=abc`, { method });
      expect(status).to.equal(400);
      expect(body['error']).to.match(/"user-id"/);
      const prototype = await call(`${running.url}${path}?__proto__=abc`, { method });
      expect(prototype.status).to.equal(400);
    });
  }

  const wrong: Readonly<Record<string, string>> = {
    'status=5xx&status=4xx': '`status` is given more than once',
    'metric_min=3': '`metric_min` goes with `metric`, which names the metric',
    'status=five': '`status` must be a status code such as 404, a class such as 4xx, or none',
    'outcome=ok': '`outcome` must be one of completed, aborted, error, none',
    'latency_ms_min=1e999': '`latency_ms_min` must be a number such as 12, 0.5 or 1e-7',
    'latency_ms_max=0x1F': '`latency_ms_max` must be a number such as 12, 0.5 or 1e-7',
    'metric=items&metric_min=Infinity': '`metric_min` must be a number such as 12, 0.5 or 1e-7',
    'source_ip=127.0.0.1': '`source_ip` must be 1 to 64 hex digits, the first of a pseudonym',
    'trace_id=abc': '`trace_id` must be 32 hex digits',
    'path=/a%00b': '`path` must be 1 to 2048 characters without NUL',
    'endpoint_contains=%00': '`endpoint_contains` must be at most 256 characters without NUL',
    'user_id=%ED%A0%80': 'the query is no UTF-8',
    'path=/caf%E9': 'the query is no UTF-8',
    'client_id=': '`client_id` must be 1 to 2048 characters without NUL',
  };
  for (const [query, error] of Object.entries(wrong)) {
    it(`is refused with a reason: ${query}`, async () => {
      for (const path of ['/api/events', '/api/summary', '/api/overview', '/api/clients', '/api/export']) {
        const { status, body } = await call(`${running.url}${path}?${query}`);
        expect([status, body['error']], path).to.deep.equal([400, error]);
      }
    });
  }

  it('is described as it is read', () => {
    const document = readFileSync(new URL('../../../../docs/server.md', import.meta.url), 'utf8');
    const {
      since: _since,
      until: _until,
      limit: _limit,
      cursor: _cursor,
      ...filter
    } = QUERIES['GET /api/events'];
    for (const name of Object.keys(filter)) expect(document, name).to.include(`\`${name}\``);
  });
});
