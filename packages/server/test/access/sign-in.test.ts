import { request } from 'node:http';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { rawSocket } from '../support/senders/raw-upgrade.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly cookie: string | null;
  readonly headers: Headers;
}

async function session(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(`${url}/api/session`, { ...init, signal: AbortSignal.timeout(8000) });
  const body = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    body,
    cookie: response.headers.get('set-cookie'),
    headers: response.headers,
  };
}

function signIn(url: string, token: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return session(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
}

async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(8000) });
  await response.body?.cancel();
  return response.status;
}

/** A GET with a `Host` of one's own, which `fetch` does not send. */
function statusWithHost(port: number, headers: Record<string, string>): Promise<number | undefined> {
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request({ port, host: '127.0.0.1', path: '/api/summary', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  return within('an answer', answered);
}

describe('signing in', () => {
  let running: CerberusServer;

  beforeEach(async () => {
    running = await server();
  });

  afterEach(stopServers);

  it('changes nothing for a page of somebody else, also on another port of the same host, as browsers say', async () => {
    const { cookie } = await signIn(running.url, TOKEN);
    const own = { cookie: cookie?.split(';')[0] ?? '' };
    const tested = async (site: string): Promise<number> => {
      const headers = { ...own, 'sec-fetch-site': site };
      const init = { method: 'POST', headers, signal: AbortSignal.timeout(8000) };
      const response = await fetch(`${running.url}/api/alerts/test?id=nobody`, init);
      await response.body?.cancel();
      return response.status;
    };
    expect(await Promise.all(['same-site', 'cross-site'].map(tested))).to.deep.equal([401, 401]);
    expect(await tested('same-origin')).to.equal(404);
    expect(await statusOf(`${running.url}/api/events`, { ...own, 'sec-fetch-site': 'same-site' })).to.equal(
      200,
    );
  });

  it('with the token gives a cookie that reads, and signing out takes it back', async () => {
    const { status, body, cookie } = await signIn(running.url, TOKEN);
    expect([status, body]).to.deep.equal([200, { signed_in: true }]);
    expect(cookie).to.match(/^cerberus_session_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Max-Age=604800$/);
    const own = { cookie: cookie?.split(';')[0] ?? '' };
    for (const path of ['/api/events', '/api/summary', '/api/session'])
      expect(await statusOf(`${running.url}${path}`, own), path).to.equal(200);
    const out = await session(running.url, { method: 'DELETE', headers: own });
    expect(out.cookie).to.match(/=; .*Max-Age=0$/);
    expect(await statusOf(`${running.url}/api/events`, own), 'the old cookie').to.equal(401);
  });

  it('outlives a restart of the server', async () => {
    const db = join(tempFolder(), 'x.duckdb');
    const first = await server({ db });
    const { cookie } = await signIn(first.url, TOKEN);
    await first.close();
    const second = await server({ db, port: first.port });
    const own = { cookie: cookie?.split(';')[0] ?? '' };
    expect(await statusOf(`${second.url}/api/events`, own)).to.equal(200);
    await second.close();
    const third = await server({ db, port: first.port, token: 'another' });
    expect(await statusOf(`${third.url}/api/events`, own), 'another token').to.equal(401);
  });

  it('marks the cookie as secure behind a proxy that ends TLS', async () => {
    for (const proto of ['https', 'HTTPS', 'https, http', 'https,https']) {
      const { cookie } = await signIn(running.url, TOKEN, { 'x-forwarded-proto': proto });
      expect(cookie, proto).to.match(/; Secure$/);
    }
    for (const proto of ['http', 'http, https', 'httpsx', '']) {
      const { cookie } = await signIn(running.url, TOKEN, { 'x-forwarded-proto': proto });
      expect(cookie, proto).to.not.include('Secure');
    }
  });

  it('gives no right to the secret key, to metrics or to send', async () => {
    const { cookie } = await signIn(running.url, TOKEN);
    const headers = { cookie: cookie?.split(';')[0] ?? '' };
    for (const path of ['/api/secret-key', '/metrics'])
      expect(await statusOf(`${running.url}${path}`, headers), path).to.equal(401);
    const sent = await fetch(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      headers,
      body: '{"events":[]}',
    });
    expect(sent.status).to.equal(401);
  });

  it('fails with anything else than the token', async () => {
    for (const wrong of ['', 'x', `${TOKEN} `, TOKEN.toUpperCase(), null, 1, [TOKEN], { token: TOKEN }]) {
      const { status, body, cookie } = await signIn(running.url, wrong);
      expect([status, body, cookie], String(wrong)).to.deep.equal([401, { error: 'wrong token' }, null]);
    }
    expect(running.stats().refusals.unauthorized).to.equal(8);
  });

  it('takes neither forms, nor broken JSON, nor bodies without end', async () => {
    const post = (body: string, type = 'application/json'): Promise<Answer> =>
      session(running.url, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await post(`token=${TOKEN}`, 'application/x-www-form-urlencoded')).status).to.equal(415);
    expect((await post(JSON.stringify({ token: TOKEN }), 'text/plain')).status).to.equal(415);
    for (const body of ['{', '[]', 'null', '"x"', '']) expect((await post(body)).status, body).to.equal(401);
    expect((await post(JSON.stringify({ token: 'x'.repeat(5000) }))).status).to.equal(413);
  });

  it('is refused for a while after ten wrong tokens, but not with the right one', async () => {
    for (let index = 0; index < 10; index += 1) expect((await signIn(running.url, 'x')).status).to.equal(401);
    const { status, body, headers } = await signIn(running.url, 'x');
    expect(status).to.equal(429);
    expect(Number(headers.get('retry-after'))).to.be.within(1, 60);
    expect(body['error']).to.match(/^too many wrong tokens: try again in \d+ s$/);
    expect((await signIn(running.url, TOKEN)).status).to.equal(200);
  });

  it('tells the page what it has to know', async () => {
    const traced = await server({ traceUrlTemplate: 'https://traces.example/{trace_id}' });
    const { body } = await session(traced.url, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(body).to.deep.equal({
      signed_in: true,
      sign_in: true,
      admin: true,
      rotate_key: 'off',
      trace_url_template: 'https://traces.example/{trace_id}',
    });
  });
});

describe('a server without sign-in', () => {
  let open: CerberusServer;

  beforeEach(async () => {
    open = await server({ signIn: false, token: undefined });
  });

  afterEach(stopServers);

  it('lets everybody on this machine read, by any of its names', async () => {
    for (const host of [`127.0.0.1:${open.port}`, 'localhost', 'LOCALHOST:1', '[::1]:8765'])
      expect(await statusWithHost(open.port, { host }), host).to.equal(200);
  });

  it('S15 does not let another site read through a name that points here, nor a proxy that shows itself pass others on', async () => {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      'evil.example:8765',
    ])
      expect(await statusWithHost(open.port, { host }), host).to.equal(401);
    const names = [
      'forwarded',
      'via',
      'x-real-ip',
      'x-forwarded-for',
      'x-forwarded-proto',
      'x-forwarded-host',
    ];
    for (const header of names)
      expect(
        await statusWithHost(open.port, { host: 'localhost', [header]: 'for=1.2.3.4' }),
        header,
      ).to.equal(401);
    const nginx = await rawSocket(open.port);
    nginx.socket.write(
      `GET /api/summary HTTP/1.0\r\nHost: 127.0.0.1:${open.port}\r\nConnection: close\r\n\r\n`,
    );
    await within('the answer', nginx.closed);
    expect(nginx.received().toString('latin1')).to.match(/^HTTP\/1\.1 401 /);
  });

  it('still wants the token for the secret key and for events', async () => {
    expect(await statusOf(`${open.url}/api/secret-key`, {})).to.equal(401);
    const sent = await fetch(`${open.url}/v1/ingest/batch`, { method: 'POST', body: '{"events":[]}' });
    expect(sent.status).to.equal(401);
    const bearer = { authorization: `Bearer ${open.token}` };
    expect(await statusOf(`${open.url}/api/secret-key`, bearer)).to.equal(200);
  });
});
