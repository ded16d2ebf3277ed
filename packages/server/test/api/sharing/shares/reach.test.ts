// Share links against a running server: they lead nowhere else, and take nothing from those who have a token.
import { expect } from 'chai';

import { LINK_RULES } from '../../../../dist/api/sharing/link-rules.js';
import type { CerberusServer } from '../../../../dist/server.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { rawSocket, upgradeRequest } from '../../../support/senders/raw-upgrade.js';
import { call, server, TOKEN } from '../../../support/servers/server-fixture.js';
import { cookieOf, makeLink, OVERVIEW, withLink } from '../../../support/servers/share-links.js';
import { heldStore } from '../../../support/servers/held-store.js';

describe('share links', () => {
  let running: CerberusServer;

  beforeEach(async () => {
    running = await server();
  });

  it('S17 reach no route that their table does not name, with a session and every other token beside them or not', async () => {
    const { secret } = await makeLink(running, { ...OVERVIEW, details: true });
    const cookie = await cookieOf(running);
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
    const { secret, id } = await makeLink(running, OVERVIEW);
    await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE' });
    const cookie = await cookieOf(running);
    for (const each of [secret, 'share-wrong'])
      for (const headers of [{ cookie }, { 'x-api-key': TOKEN }])
        for (const path of ['/api/overview', '/api/session', '/api/shares'])
          expect((await withLink(running, each, path, headers)).status, path).to.equal(401);
  });

  it('open no WebSocket', async () => {
    const { secret } = await makeLink(running, { ...OVERVIEW, details: true });
    const cookie = await cookieOf(running);
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

  it('are guessed no more often than tokens, and one that has ended is no guess', async () => {
    const { secret, id } = await makeLink(running, OVERVIEW);
    await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE' });
    for (let each = 0; each < 15; each += 1)
      expect((await withLink(running, secret, '/api/overview')).status, 'an old one').to.equal(401);
    const valid = await makeLink(running, OVERVIEW);
    const statuses: number[] = [];
    for (let each = 0; each < 11; each += 1)
      statuses.push((await withLink(running, `share-${each}`, '/api/overview')).status);
    expect(statuses).to.deep.equal([...Array.from({ length: 10 }, () => 401), 429]);
    expect((await withLink(running, valid.secret, '/api/overview')).status, 'a right one').to.equal(200);
  });

  it('let nobody guess tokens beside them', async () => {
    const { secret } = await makeLink(running, OVERVIEW);
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
    const { secret } = await makeLink(open, OVERVIEW, bearer);
    expect((await withLink(open, secret, '/api/overview')).status).to.equal(200);
    expect((await withLink(open, secret, '/api/events')).status).to.equal(403);
    expect((await withLink(open, 'share-wrong', '/api/overview')).status).to.equal(401);
  });

  it('have a place among strangers, so that nobody who has one takes a place of those with a token', async () => {
    const { store, asked, release } = heldStore();
    const small = await server({ store, maxHttpConnections: 1 });
    const { secret } = await makeLink(small, OVERVIEW);
    const answer = withLink(small, secret, '/api/overview');
    await within('the question', asked);
    const { status } = await call(`${small.url}/api/events`, { headers: { connection: 'close' } });
    expect(status).to.equal(200);
    release();
    expect((await answer).status).to.equal(200);
  });
});
