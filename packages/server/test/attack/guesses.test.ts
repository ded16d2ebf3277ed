// Guessing the token, everywhere where one is taken: few are answered, in whatever order and however many at once, and whoever has
// the right one, or is signed in, is let in all the same, from the same address too.

import { request } from 'node:http';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { wireEvent } from '../support/events/events.js';
import { rawSocket, upgradeRequest } from '../support/senders/raw-upgrade.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

/** Presents a token. @returns the status, or the close code */
type Surface = (running: CerberusServer, token: string, forwardedFor?: string) => Promise<number>;

const http =
  (path: string, method: string, headersOf: (token: string) => Record<string, string>): Surface =>
  (running, token, forwardedFor) => {
    const headers = { ...headersOf(token), ...(forwardedFor && { 'x-forwarded-for': forwardedFor }) };
    const status = new Promise<number>((resolve, reject) => {
      const sent = request(running.url, { path, method, headers, agent: false }, (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
      sent.end(method === 'GET' ? undefined : JSON.stringify({ token, events: [] }));
    });
    return within('the answer', status);
  };

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const apiKey = (token: string): Record<string, string> => ({ 'x-api-key': token });

const upgrade: Surface = async (running, token, forwardedFor) => {
  const raw = await rawSocket(running.port);
  raw.socket.write(
    upgradeRequest('/ws/events', {
      ...bearer(token),
      ...(forwardedFor && { 'X-Forwarded-For': forwardedFor }),
    }),
  );
  const head = new Promise<void>((resolve) => void raw.socket.once('data', () => resolve()));
  await within('the answer', head);
  raw.socket.destroy();
  return Number(raw.received().toString('latin1').slice(9, 12));
};

const firstEvent: Surface = async (running, token) => {
  const client = await WsClient.connect(running.wsUrl);
  client.send({ ...wireEvent(), client_id: 'x', token });
  if (token !== TOKEN) return (await client.ended()).code;
  expect(await client.next()).to.deep.equal({ status: 'ok' });
  return 200;
};

const SURFACES: Readonly<Record<string, Surface>> = {
  'the upgrade': upgrade,
  'a question, as Bearer': http('/api/summary', 'GET', bearer),
  'a question, by another spelling of its path': http('/./api/summary', 'GET', bearer),
  'a question, as X-API-Key': http('/api/events', 'GET', apiKey),
  'the metrics': http('/metrics', 'GET', bearer),
  'the secret key': http('/api/secret-key', 'GET', bearer),
  'an export': http('/api/export', 'GET', bearer),
  'ingest, as X-API-Key': http('/v1/ingest/batch', 'POST', apiKey),
  'ingest, as Bearer': http('/v1/ingest/batch', 'POST', bearer),
  'signing in': http('/api/session', 'POST', () => ({ 'content-type': 'application/json' })),
};
const ACCEPTED = [101, 200, 404];

const wrong = (n: number): string => `wrong-${n}`;

describe('guesses', function () {
  this.timeout(60_000);

  for (const [name, present] of Object.entries(SURFACES)) {
    it(`at ${name}: of 40 at once ten are answered, and the right token passes before and after`, async () => {
      const running = await server();
      expect(await present(running, TOKEN)).to.be.oneOf(ACCEPTED);
      const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => present(running, wrong(n))));
      expect(statuses.filter((status) => status === 429)).to.have.length(30);
      for (const status of statuses) expect(status).to.be.oneOf([401, 403, 429]);
      expect(running.stats().refusals).to.deep.equal({ unauthorized: 40 });
      expect(await present(running, TOKEN)).to.be.oneOf(ACCEPTED);
    });
  }

  it('S12 count wherever a token is taken: ten at one of the places leave none at the others', async () => {
    for (const [name, present] of Object.entries({ ...SURFACES, 'the first event': firstEvent })) {
      const running = await server();
      await Promise.all(Array.from({ length: 10 }, (_, n) => present(running, wrong(n))));
      const others = await Promise.all(Object.values(SURFACES).map((other) => other(running, 'wrong')));
      expect(new Set(others), name).to.deep.equal(new Set([429]));
      await running.close();
    }
  });

  it('count beside a right token, too, but not where another one is looked at', async () => {
    const running = await server();
    const created = await call(`${running.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'shop', purpose: 'ingest', application: 'shop' }),
    });
    const own = String(created.body['token']);
    const both = (guess: string): Record<string, string> => ({ ...bearer(guess), ...apiKey(own) });
    const gateway = http('/v1/ingest/batch', 'POST', both);
    for (let n = 0; n < 12; n += 1) expect(await gateway(running, `of-somebody-else-${n}`)).to.equal(200);
    const alone = http('/api/summary', 'GET', bearer);
    expect(await alone(running, 'wrong')).to.equal(401);
    const guess = http('/api/summary', 'GET', both);
    for (let n = 0; n < 9; n += 1) expect(await guess(running, wrong(n))).to.equal(401);
    expect(await alone(running, 'wrong')).to.equal(429);
    expect(await gateway(running, 'of-somebody-else')).to.equal(200);
  });

  it('S13 lock nobody out: with thousands under way the right token and a session get in, from the same address', async () => {
    const running = await server();
    const signedIn = await fetch(`${running.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: TOKEN }),
    });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const event = await WsClient.connect(running.wsUrl);
    event.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
    expect(await event.next()).to.deep.equal({ status: 'ok' });
    const attacker = new AbortController();
    let guesses = 0;
    const guess = async (present: Surface): Promise<void> => {
      while (!attacker.signal.aborted) await present(running, wrong((guesses += 1))).catch(() => 0);
    };
    const surfaces = Object.values(SURFACES);
    const attack = Array.from({ length: 60 }, (_, n) => guess(surfaces[n % surfaces.length] ?? upgrade));
    afterTest(() => attacker.abort());
    for (const [name, present] of Object.entries({ ...SURFACES, 'the first event': firstEvent }))
      expect(await present(running, TOKEN), name).to.be.oneOf(ACCEPTED);
    for (let n = 0; n < 5; n += 1) {
      const asked = await fetch(`${running.url}/api/events`, { headers: { cookie } });
      expect(asked.status).to.equal(200);
      event.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
      expect(await event.next()).to.deep.equal({ status: 'ok' });
    }
    attacker.abort();
    await within('the attack to end', Promise.all(attack));
    // Each waits a second for its answer, whether it is right or wrong: the rate is that of the connections.
    expect(guesses).to.be.below(60 * 40);
  });

  it('S14 count for each client of a proxy that is trusted, and for the proxy where none is', async () => {
    const behind =
      (name: string, client: string): Surface =>
      (running, token) =>
        (SURFACES[name] ?? upgrade)(running, token, `203.0.113.99, ${client}`);
    for (const name of ['the upgrade', 'the metrics', 'signing in']) {
      const trusting = await server({ trustProxy: 1 });
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => behind(name, '203.0.113.1')(trusting, wrong(n))),
      );
      expect(await behind(name, '203.0.113.1')(trusting, 'wrong'), name).to.equal(429);
      expect(await behind(name, '[203.0.113.2]:1')(trusting, 'wrong'), `${name}, no address`).to.equal(401);
      expect(await behind(name, '203.0.113.3:4711')(trusting, 'wrong'), `${name}, another`).to.equal(401);
      const wary = await server();
      await Promise.all(Array.from({ length: 10 }, (_, n) => behind(name, `203.0.113.${n}`)(wary, wrong(n))));
      expect(await behind(name, '203.0.113.77')(wary, 'wrong'), name).to.equal(429);
    }
  });

  it('are none where no token is looked at, as in a health check with an Authorization of its own', async () => {
    const running = await server();
    for (let n = 0; n < 30; n += 1)
      expect((await call(`${running.url}/healthz`, { headers: bearer('other') })).status).to.equal(200);
    expect((await call(`${running.url}/api/summary`, { headers: bearer('wrong') })).status).to.equal(401);
  });
});
