// Every route with every purpose: what the table says is what the server does.
import { join } from 'node:path';

import { expect } from 'chai';

import type { HeldPurpose } from '../../dist/access/purposes.js';
import { ROUTE_NEEDS, type RouteName } from '../../dist/api/route-needs.js';
import type { CerberusServer } from '../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { rawSocket, upgradeRequest } from '../support/senders/raw-upgrade.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

/** What each may do, written out once more, so that a change of the table is a change of a test. */
const MAY: Readonly<Record<HeldPurpose | 'none' | 'wrong', readonly string[]>> = {
  none: [],
  wrong: [],
  ingest: ['ingest'],
  read: ['read'],
  admin: ['read', 'admin'],
  all: ['ingest', 'read', 'admin'],
};
const HOLDERS = Object.keys(MAY) as (keyof typeof MAY)[];

describe('every route', function () {
  this.timeout(60_000);
  let running: CerberusServer;
  let tokens: Partial<Record<keyof typeof MAY, string>>;
  let guesses = 0;

  beforeEach(async () => {
    running = await server({ db: join(tempFolder(), 'x.duckdb'), trustProxy: 1 });
    tokens = { wrong: 'sk-wrong', all: TOKEN };
    for (const purpose of ['ingest', 'read', 'admin'] as const) {
      const response = await fetch(`${running.url}/api/tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: purpose, purpose }),
      });
      expect(response.status).to.equal(201);
      tokens[purpose] = ((await response.json()) as { token: string }).token;
    }
  });

  afterEach(stopServers);

  async function http(route: RouteName, headers: Record<string, string>): Promise<number> {
    const [method = '', path = ''] = route.split(' ');
    const post = method === 'POST' ? { body: '{"events":[]}', type: 'application/json' } : undefined;
    const controller = new AbortController();
    const response = await within(
      `${route} to answer`,
      fetch(`${running.url}${path}`, {
        method,
        headers: { ...headers, ...(post && { 'content-type': post.type }) },
        ...(post && { body: post.body }),
        signal: controller.signal,
      }),
    );
    controller.abort();
    return response.status;
  }

  async function upgrade(headers: Record<string, string>): Promise<number> {
    const { socket, received } = await rawSocket(running.port);
    socket.write(upgradeRequest('/ws/events', { 'Sec-WebSocket-Protocol': 'cerberus.batch.v1', ...headers }));
    await within(
      'an answer to the upgrade',
      (async () => {
        while (received().length < 12) await new Promise((resolve) => setTimeout(resolve, 5));
      })(),
    );
    socket.destroy();
    return Number(received().toString('latin1').slice(9, 12));
  }

  function headersOf(holder: keyof typeof MAY): Record<string, string> {
    const token = tokens[holder];
    if (token === undefined) return {};
    // Each wrong one from somewhere else: how many one address may present is another test's.
    const from = holder === 'wrong' ? { 'X-Forwarded-For': `10.0.0.${(guesses += 1)}` } : {};
    return { Authorization: `Bearer ${token}`, ...from };
  }

  for (const holder of HOLDERS) {
    it(`lets a token of purpose ${holder} do what the table says, and nothing else`, async () => {
      for (const [name, need] of Object.entries(ROUTE_NEEDS)) {
        const route = name as RouteName;
        if (route === 'POST /api/session' || route === 'DELETE /api/session') continue;
        const headers = headersOf(holder);
        const status = route === 'GET /ws/events' ? await upgrade(headers) : await http(route, headers);
        const isAllowed = need === 'nothing' || MAY[holder].includes(need.needs);
        const isDenied = status === 401 || status === 403;
        expect(!isDenied, `${route} gave ${status}`).to.equal(isAllowed);
        if (isAllowed) continue;
        const isKnown = holder !== 'none' && holder !== 'wrong';
        const expected = isKnown || (route === 'POST /v1/ingest/batch' && holder === 'wrong') ? 403 : 401;
        expect(status, route).to.equal(expected);
      }
    });
  }

  for (const holder of ['read', 'admin', 'all'] as const) {
    it(`lets a browser that signed in with purpose ${holder} do that only where a session counts`, async () => {
      const answer = await fetch(`${running.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: tokens[holder] }),
      });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
      for (const [name, need] of Object.entries(ROUTE_NEEDS)) {
        const route = name as RouteName;
        if (route.endsWith('/api/session') && route !== 'GET /api/session') continue;
        const headers = { cookie };
        const status = route === 'GET /ws/events' ? await upgrade(headers) : await http(route, headers);
        const isAllowed = need === 'nothing' || (need.session && MAY[holder].includes(need.needs));
        expect(status !== 401 && status !== 403, `${route} gave ${status}`).to.equal(isAllowed);
      }
    });
  }

  it('that is for signing in takes no token that is for sending only', async () => {
    const answer = await fetch(`${running.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: tokens.ingest }),
    });
    expect(answer.status).to.equal(403);
    expect(answer.headers.get('set-cookie')).to.equal(null);
  });
});
