// Wrong tokens: each costs the server one hash, tells nothing, and bothers nobody else. How many may be tried is in guesses.test.ts.

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { Bystander } from '../support/senders/bystander.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { rawSocket, upgradeRequest } from '../support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

/** Near misses of the token, and what breaks sloppy comparisons. */
const GUESSES = [
  '',
  ' ',
  TOKEN.slice(0, -1),
  `${TOKEN}x`,
  TOKEN.toUpperCase(),
  'x'.repeat(8000),
  '*',
  'null',
];

describe('wrong tokens', () => {
  let running: CerberusServer;
  let bystander: Bystander;

  beforeEach(async () => {
    running = await server();
    bystander = await Bystander.connect(running);
  });

  afterEach(async () => {
    await bystander.unharmed();
    await stopServers();
  });

  it('are refused in the upgrade, however many come, and leave no connection behind', async () => {
    const guess = async (n: number): Promise<string> => {
      const { socket, received, closed } = await rawSocket(running.port);
      socket.write(
        upgradeRequest('/ws/events', { Authorization: `Bearer ${GUESSES[n % GUESSES.length] ?? ''}` }),
      );
      await closed;
      return received().toString('latin1').slice(9, 12);
    };
    for (let round = 0; round < 4; round += 1) {
      const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => guess(n)));
      expect(new Set(statuses)).to.deep.equal(new Set(['401', '429']));
      await bystander.served();
    }
    expect(running.stats()).to.include({ connections: 2, accepted: 2 });
    expect(running.stats().refusals).to.deep.equal({ unauthorized: 400 });
  });

  it('in events get no answer: the first one ends its connection and what follows is not read', async () => {
    for (const token of [...GUESSES, 7, null, { toString: TOKEN }, [TOKEN], true]) {
      const client = await WsClient.connect(running.wsUrl);
      for (let n = 0; n < 200; n += 1) client.send({ ...wireEvent(), client_id: 'x', token });
      expect((await client.ended()).code).to.equal(4401);
      expect(client.waiting).to.equal(0);
    }
    expect(running.stats().refusals).to.deep.equal({ unauthorized: GUESSES.length + 5 });
    expect((await call(`${running.url}/api/summary?client_id=x`)).body['requests']).to.equal(0);
  });

  it('in events end also a connection whose upgrade carried the right one', async () => {
    const client = await WsClient.connect(running.wsUrl, { token: TOKEN });
    client.send({ ...wireEvent(), client_id: 'x', token: 'wrong' });
    expect((await client.ended()).code).to.equal(4401);
  });

  it('are refused by every endpoint that needs one', async () => {
    const paths = ['/api/events', '/api/summary', '/api/secret-key', '/metrics', '/v1/ingest/batch'];
    const refused = paths.flatMap((path) =>
      GUESSES.map(async (guess) => {
        const headers = { authorization: `Bearer ${guess}`, 'x-api-key': guess };
        const method = path.startsWith('/v1') ? 'POST' : 'GET';
        const { status } = await call(`${running.url}${path}`, { method, headers });
        expect(status, path).to.be.oneOf([401, 403, 429]);
      }),
    );
    await Promise.all(refused);
  });
});

describe('a connection without the token', () => {
  afterEach(stopServers);

  it('is closed with 4408 when no event with the token comes in time, whatever else comes', async () => {
    const running = await server({ firstEventTimeoutMillis: 150 });
    const silent = await WsClient.connect(running.wsUrl);
    const noisy = await WsClient.connect(running.wsUrl);
    const timer = setInterval(() => noisy.send('no event'), 20);
    expect((await silent.ended()).code).to.equal(4408);
    expect((await noisy.ended()).code).to.equal(4408);
    clearInterval(timer);
    expect(running.stats().refusals).to.include({ event_timeout: 2 });
  });

  it('may stay idle once it has sent the token, as may one whose upgrade carried it', async () => {
    const running = await server({ firstEventTimeoutMillis: 100 });
    const first = await WsClient.connect(running.wsUrl);
    first.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
    await first.next();
    const second = await WsClient.connect(running.wsUrl, { token: TOKEN });
    await pause(300);
    for (const client of [first, second]) {
      client.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
      expect(await client.next()).to.deep.equal({ status: 'ok' });
    }
  });

  it('cannot take the place of one with the token', async () => {
    const running = await server({ maxUnauthenticatedConnections: 3, maxConnections: 10 });
    const idle = await Promise.all([1, 2, 3].map(() => WsClient.connect(running.wsUrl)));
    expect(await refusedWith(running, {})).to.equal('503');
    await (await WsClient.connect(running.wsUrl, { token: TOKEN })).close();
    await (await WsClient.batch(running.wsUrl, TOKEN)).close();
    // The token makes room, and so does hanging up.
    idle[0]?.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
    await idle[0]?.next();
    await WsClient.connect(running.wsUrl);
    expect(await refusedWith(running, {})).to.equal('503');
    await idle[1]?.close();
    await until('the server has noticed', () => running.stats().connections === 3);
    await WsClient.connect(running.wsUrl);
  });
});

async function refusedWith(running: CerberusServer, headers: Record<string, string>): Promise<string> {
  const { socket, received, closed } = await rawSocket(running.port);
  socket.write(upgradeRequest('/ws/events', headers));
  await closed;
  return received().toString('latin1').slice(9, 12);
}
