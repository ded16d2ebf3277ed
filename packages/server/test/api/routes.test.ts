import { request } from 'node:http';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { askerOf } from '../../dist/store/asker.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { append, wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('the HTTP endpoints', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  beforeEach(async () => {
    store = new ControlledStore();
    running = await server({ store });
  });

  afterEach(stopServers);

  const guarded = ['/api/events', '/api/summary', '/api/secret-key'];
  for (const path of guarded) {
    it(`${path} answers 401 without the token, with a challenge`, async () => {
      for (const authorization of [
        '',
        'Bearer wrong',
        `Basic ${TOKEN}`,
        TOKEN,
        'Bearer ',
        `Bearer ${TOKEN}x`,
      ]) {
        const { status, headers, body } = await call(`${running.url}${path}`, { headers: { authorization } });
        expect(status, authorization).to.equal(401);
        expect(body).to.deep.equal({ error: 'missing or wrong token' });
        expect(headers.get('www-authenticate')).to.equal('Bearer');
      }
    });

    it(`${path} answers 405 to a POST and names what is allowed`, async () => {
      const { status, headers, body } = await call(`${running.url}${path}`, { method: 'POST' });
      expect([status, headers.get('allow')]).to.deep.equal([405, 'GET']);
      expect(body).to.have.property('error');
    });
  }

  it('answer HEAD as GET, without the body, where no token is needed, and nowhere else', async () => {
    for (const path of ['/healthz', '/livez', '/readyz', '/openapi.json', '/schemas/event.json']) {
      const asked = await fetch(`${running.url}${path}`);
      const { byteLength } = await asked.arrayBuffer();
      const { status, headers, body } = await fetch(`${running.url}${path}`, { method: 'HEAD' });
      expect([status, headers.get('content-length'), body], path).to.deep.equal([
        asked.status,
        String(byteLength),
        null,
      ]);
    }
    for (const path of ['/api/export', '/api/secret-key', '/metrics'])
      expect((await fetch(`${running.url}${path}`, { method: 'HEAD' })).status).to.equal(405);
  });

  it('give out the secret key for a Bearer token or an X-API-Key', async () => {
    for (const headers of [{ authorization: `bearer ${TOKEN}` }, { authorization: '', 'x-api-key': TOKEN }]) {
      const answer = await call(`${running.url}/api/secret-key`, { headers });
      expect([answer.status, answer.body]).to.deep.equal([200, { secret_key: 'k' }]);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
    }
  });

  it('answer 404 to a path that does not exist, with or without the token', async () => {
    for (const path of ['/api', '/api/events/', '/API/EVENTS', '//api/events', '/healthz/..%2f']) {
      const { status, body } = await call(`${running.url}${path}`, { headers: { authorization: '' } });
      expect([status, body], path).to.deep.equal([404, { error: 'not found' }]);
    }
  });

  it('answer 400 to a target that is no path', async () => {
    const status = await within(
      'an answer',
      new Promise((resolve, reject) => {
        const outgoing = request(
          { port: running.port, host: '127.0.0.1', path: '*', method: 'OPTIONS' },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        outgoing.on('error', reject).end();
      }),
    );
    expect(status).to.equal(400);
  });

  it('report health without a token', async () => {
    const { status, body } = await call(`${running.url}/healthz`, { headers: { authorization: '' } });
    expect([status, body]).to.deep.equal([200, { status: 'ok' }]);
  });

  it('report a store whose last commit failed, until one succeeds', async () => {
    const lines: string[] = [];
    const watched = await server({ store, log: (level, line) => lines.push(`${level} ${line}`) });
    const client = await WsClient.batch(watched.wsUrl, TOKEN);
    store.fault = () => 'fail';
    for (let attempt = 0; attempt < 3; attempt += 1) {
      client.frame(1, wireEvent());
      await client.next();
      expect((await call(`${watched.url}/healthz`)).status).to.equal(503);
    }
    store.fault = () => 'none';
    client.frame(1, wireEvent());
    await client.next();
    expect((await call(`${watched.url}/healthz`)).status).to.equal(200);
    const changes = lines.filter((line) => line.includes('store'));
    expect(changes).to.deep.equal(['error store failed: Error', 'info store works again']);
  });

  it('say that it is not ready while too much waits for its commit, and ready when that is stored', async () => {
    const ready = async (): Promise<unknown[]> => {
      const { status, body } = await call(`${running.url}/readyz`, { headers: { authorization: '' } });
      return [status, body];
    };
    store.load = { bytes: Number.MAX_SAFE_INTEGER, events: 1, appends: 1 };
    expect(await ready()).to.deep.equal([503, { error: 'too far behind' }]);
    expect((await fetch(`${running.url}/livez`)).status).to.equal(200);
    store.load = undefined;
    expect((await ready())[0]).to.equal(200);
  });

  it('say that the process lives whatever the store does, and that it is ready while it stores', async () => {
    const statuses = async (): Promise<number[]> =>
      Promise.all(['/livez', '/readyz'].map(async (path) => (await fetch(`${running.url}${path}`)).status));
    expect(await statuses()).to.deep.equal([200, 200]);
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    store.fault = () => 'fail';
    client.frame(1, wireEvent());
    await client.next();
    const { status, body } = await call(`${running.url}/readyz`, { headers: { authorization: '' } });
    expect([status, body]).to.deep.equal([503, { error: 'the last commit failed' }]);
    expect(await statuses()).to.deep.equal([200, 503]);
    await until(
      'it is tried again, though nothing was stored',
      async () => (await statuses())[1] === 200,
      15_000,
    );
    expect((await call(`${running.url}/healthz`)).status, 'which heals nothing').to.equal(503);
    client.frame(1, wireEvent());
    await client.next();
    expect(await statuses(), 'another failure').to.deep.equal([200, 503]);
    store.fault = () => 'none';
    client.frame(1, wireEvent());
    await client.next();
    expect(await statuses()).to.deep.equal([200, 200]);
  }).timeout(30_000);

  it('give up a question when whoever asked hangs up, and only then', async () => {
    const asked: (AbortSignal | undefined)[] = [];
    const answer = store.summary.bind(store);
    store.summary = async (query) => {
      const gone = askerOf();
      asked.push(gone);
      if (asked.length > 1) await new Promise((resolve) => gone?.addEventListener('abort', resolve));
      return answer(query);
    };
    expect((await call(`${running.url}/api/summary`)).status).to.equal(200);
    expect(asked[0]?.aborted).to.equal(false);
    const leaving = new AbortController();
    const headers = { authorization: `Bearer ${TOKEN}` };
    const unanswered = fetch(`${running.url}/api/summary`, { headers, signal: leaving.signal }).catch(
      () => 'left',
    );
    await until('the question', () => asked.length === 2);
    leaving.abort();
    expect(await unanswered).to.equal('left');
    await until('the store to know', () => asked[1]?.aborted === true);
  });

  it('answer 500 without details when a read fails, and go on', async () => {
    store.events = () => Promise.reject(new Error('SELECT secret details'));
    const { status, body } = await call(`${running.url}/api/events`);
    expect([status, body]).to.deep.equal([500, { error: 'internal error' }]);
    expect((await call(`${running.url}/api/summary`)).status).to.equal(200);
  });

  it('see what another sender stored', async () => {
    await store.append(append());
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(1);
  });
});
