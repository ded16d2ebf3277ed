// Many connections, idle or slow: those who were there are served, newcomers with the token get in as far as the limits
// go, and what says nothing is ended.

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { Bystander } from '../support/senders/bystander.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { rawClient } from '../support/senders/raw-client.js';
import { rawSocket, upgradeRequest, type RawSocket } from '../support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const BEARER = { Authorization: `Bearer ${TOKEN}` };

describe('a crowd of connections', () => {
  const crowd: RawSocket[] = [];

  afterEach(async () => {
    for (const { socket } of crowd.splice(0)) socket.destroy();
    await stopServers();
  });

  async function join(running: CerberusServer, text: string): Promise<RawSocket> {
    const raw = await rawSocket(running.port);
    crowd.push(raw);
    raw.socket.write(text);
    return raw;
  }

  async function statusOf(raw: RawSocket): Promise<string> {
    await until('the answer to the upgrade', () => raw.received().includes('\r\n\r\n'));
    return raw.received().toString('latin1').slice(9, 12);
  }

  it('of 1,000 that are idle slows nobody down to a halt, and one more is refused', async function () {
    this.timeout(60_000);
    const running = await server({ maxConnections: 1002, maxConnectionsPerAddress: 2000 });
    const bystander = await Bystander.connect(running);
    for (let round = 0; round < 10; round += 1) {
      const joined = Array.from({ length: 100 }, () => rawClient(running.port, 'event'));
      crowd.push(...(await Promise.all(joined)));
      await bystander.served();
    }
    expect(running.stats().connections).to.equal(1002);
    expect(await statusOf(await join(running, upgradeRequest('/ws/events', BEARER)))).to.equal('503');
    await bystander.served();
    for (const { socket } of crowd.splice(0)) socket.destroy();
    await until('the crowd is forgotten', () => running.stats().connections === 2);
    await bystander.unharmed();
  });

  it('from one address is limited on its own, with 429', async () => {
    const running = await server({ maxConnectionsPerAddress: 3 });
    const bystander = await Bystander.connect(running);
    const third = await WsClient.batch(running.wsUrl, TOKEN, 'third');
    expect(await statusOf(await join(running, upgradeRequest('/ws/events', BEARER)))).to.equal('429');
    expect(running.stats().refusals).to.deep.equal({ too_many_connections: 1 });
    await third.close();
    await until('the server has noticed', () => running.stats().connections === 2);
    await bystander.unharmed();
  });

  const slow: Record<string, string> = {
    'say nothing': '',
    'send half a request line': 'GET /ws/ev',
    'send half a head': 'GET /ws/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bear',
    'send half a body': `POST /v1/ingest/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: ${TOKEN}\r\nContent-Length: 500\r\n\r\n{"eve`,
  };
  for (const [name, text] of Object.entries(slow)) {
    it(`that ${name} is cut off in time, while others are served`, async () => {
      const running = await server({ requestTimeoutMillis: 300 });
      const bystander = await Bystander.connect(running);
      const joined = await Promise.all(Array.from({ length: 50 }, () => join(running, text)));
      await bystander.unharmed();
      await within('all to be cut off', Promise.all(joined.map(({ closed }) => closed)));
      await bystander.unharmed();
    });
  }

  it('that drip a byte at a time is cut off all the same', async () => {
    const running = await server({ requestTimeoutMillis: 300 });
    const raw = await join(running, '');
    const request = upgradeRequest('/ws/events', { ...BEARER, 'X-Padding': 'x'.repeat(4000) });
    let at = 0;
    const drip = setInterval(() => raw.socket.write(request[at++] ?? ''), 15);
    await within('the server to give up', raw.closed);
    clearInterval(drip);
    expect(raw.received().toString('latin1')).not.to.include('101');
  });

  it('that say nothing make room for one that speaks', async () => {
    const running = await server({ maxUnauthenticatedHttpConnections: 20 });
    const bystander = await Bystander.connect(running);
    for (let n = 0; n < 60; n += 1) await join(running, 'GET /');
    expect(await statusOf(await join(running, upgradeRequest('/ws/events', BEARER)))).to.equal('101');
    expect((await call(`${running.url}/healthz`)).status).to.equal(200);
    await until(
      'the oldest to be cut off',
      () => crowd.filter(({ socket }) => socket.destroyed).length >= 40,
    );
    expect(running.stats().refusals['too_many_connections']).to.be.at.least(40);
    await bystander.unharmed();
  });

  it('that send half a WebSocket frame, or drip one, is ended by the heartbeat', async () => {
    const running = await server({ pingIntervalMillis: 150 });
    const bystander = await Bystander.connect(running);
    const half = await rawClient(running.port, 'batch', true);
    const dripping = await rawClient(running.port, 'event');
    crowd.push(half, dripping);
    const frame = Buffer.concat([Buffer.from([0x81, 0xfe, 0x40, 0, 0, 0, 0, 0]), Buffer.alloc(0x4000, 'x')]);
    half.socket.write(frame.subarray(0, 100));
    let at = 0;
    const drip = setInterval(() => dripping.socket.write(frame.subarray(at, (at += 1))), 10);
    await within('both to be cut off', Promise.all([half.closed, dripping.closed]));
    clearInterval(drip);
    await bystander.unharmed();
    expect(running.stats().dead).to.equal(2);
  });

  it('that open a batch connection and never say hello is closed with 4408', async () => {
    const running = await server({ helloTimeoutMillis: 100 });
    const bystander = await Bystander.connect(running);
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => WsClient.connect(running.wsUrl, { token: TOKEN, batch: true })),
    );
    for (const client of clients) expect((await client.ended()).code).to.equal(4408);
    await bystander.unharmed();
  });

  it('that fight over one producer leaves one of them, which is served', async () => {
    const running = await server();
    const bystander = await Bystander.connect(running);
    const clients = await Promise.all(
      Array.from({ length: 30 }, () => WsClient.connect(running.wsUrl, { token: TOKEN, batch: true })),
    );
    for (const client of clients) client.hello('contested', 'contested');
    await until('one is left', () => running.stats().connections === 3);
    await bystander.unharmed();
    const winners = clients.filter(({ socket }) => socket.readyState === socket.OPEN);
    expect(winners).to.have.length(1);
    expect(await winners[0]?.next()).to.include({ type: 'welcome' });
    winners[0]?.frame(1, wireEvent());
    expect(await winners[0]?.next()).to.deep.equal({ type: 'ack', seq: 1 });
    expect(running.stats().superseded).to.equal(29);
  });
});
