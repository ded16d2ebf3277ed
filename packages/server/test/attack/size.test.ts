// Messages that are too large, too deep, too many, or that inflate without end: bounded memory, and nobody else notices.

import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { MAX_FRAME_EVENTS } from '../../dist/receive/batch-session.js';
import type { CerberusServer } from '../../dist/server.js';
import { Bystander } from '../support/senders/bystander.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { flood, rawClient, textFrame } from '../support/senders/raw-client.js';
import {
  clientFrame,
  closeCodeIn,
  rawSocket,
  upgradeRequest,
  type RawSocket,
} from '../support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const MIB = 1_048_576;

describe('oversized input', () => {
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

  for (const mode of ['batch', 'event'] as const) {
    it(`of 10 MB in one message closes the connection with 1009 (${mode} mode)`, async () => {
      const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: mode === 'batch' });
      client.send('x'.repeat(10 * MIB));
      expect((await client.ended()).code).to.equal(1009);
      expect(running.stats().refusals).to.deep.equal({ too_large: 1 });
    });

    it(`of 10 MB in fragments closes the connection with 1009 (${mode} mode)`, async () => {
      const raw = await rawClient(running.port, mode);
      const first = clientFrame(0x01, Buffer.alloc(65_536, 'x'));
      raw.socket.write(first);
      await flood(raw, clientFrame(0x00, Buffer.alloc(65_536, 'x')), 160);
      await until('the close frame', () => closeCodeIn(raw.received()) === 1009);
      await within('the server to cut the connection', raw.closed);
    });

    it(`in a million empty fragments ends the connection (${mode} mode)`, async () => {
      const raw = await rawClient(running.port, mode);
      raw.socket.write(clientFrame(0x01, Buffer.alloc(0)));
      const fragments = Buffer.alloc(6 * 10_000);
      for (let at = 0; at < fragments.length; at += 6) fragments[at + 1] = 0x80;
      await flood(raw, fragments, 100);
      await within('the server to cut the connection', raw.closed);
    });

    it(`nested 30,000 deep hurts nobody (${mode} mode)`, async () => {
      const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
      const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: mode === 'batch' });
      client.send(mode === 'batch' ? `{"type":"x","a":${deep}}` : `{"token":${deep}}`);
      if (mode === 'event') expect((await client.ended()).code).to.equal(4401);
      else await client.close();
    });
  }

  it('cannot be made by an event: nested metrics are stored without what is too deep, and read back', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'deep');
    const depths = [1, 31, 33, 1000, 4000, 5000, 20_000];
    const events = depths.map(
      (depth) =>
        `{"endpoint":"/deep","method":"GET","custom_data":{"a":${'['.repeat(depth)}${']'.repeat(depth)},"b":1}}`,
    );
    client.send(`{"type":"events","seq":1,"events":[${events.join(',')}]}`);
    expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    const { status, body } = await call(`${running.url}/api/events?endpoint=/deep`);
    expect(status).to.equal(200);
    const metrics = (body['events'] as { custom_data: object }[]).map((event) =>
      Object.keys(event.custom_data).join(''),
    );
    expect(metrics.toReversed()).to.deep.equal(['ab', 'ab', 'b', 'b', 'b', 'b', 'b']);
  });

  it('at the ingest endpoint: too deep is skipped, too many or too large is 413', async () => {
    const url = `${running.url}/v1/ingest/batch`;
    const post = (body: string): Promise<{ status: number; body: unknown }> =>
      call(url, { method: 'POST', body });
    const deep = `{"client_id":"x","endpoint":"/","method":"GET","custom_data":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`;
    const { status, body } = await post(
      `{"events":[${deep},${JSON.stringify({ ...wireEvent(), client_id: 'x' })}]}`,
    );
    expect([status, body]).to.deep.equal([200, { accepted: 1, skipped: 1 }]);
    expect((await post(`{"events":[${'0,'.repeat(1000)}0]}`)).status).to.equal(413);
    expect((await post(`{"a":"${'x'.repeat(9 * MIB)}"}`)).status).to.equal(413);
  });

  it('of many events in a frame closes the connection with 1009; as many as allowed get a short answer', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'many');
    let bytes = 0;
    client.socket.on('message', (data: Buffer) => (bytes = data.length));
    client.send(`{"type":"events","seq":1,"events":[${'0,'.repeat(MAX_FRAME_EVENTS - 1)}0]}`);
    expect((await client.next())['rejected']).to.have.length(MAX_FRAME_EVENTS);
    // PROTOCOL.md: messages from the backend are at most 64 KiB.
    expect(bytes).to.be.at.most(65_536);
    client.send(`{"type":"events","seq":2,"events":[${'0,'.repeat(MAX_FRAME_EVENTS)}0]}`);
    expect((await client.ended()).code).to.equal(1009);
  });

  it('from a gzip that inflates to 600 MB closes the connection with 1009, and takes no such memory', async function () {
    this.timeout(30_000);
    // Members of a gzip may follow each other: this one is small, and quick to make.
    const member = gzipSync(Buffer.alloc(MIB));
    const bomb = Buffer.concat(Array.from({ length: 600 }, () => member));
    expect(bomb.length).to.be.lessThan(MIB);
    const before = process.memoryUsage().rss;
    let peak = 0;
    for (let n = 0; n < 20; n += 1) {
      const client = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
      client.send(bomb);
      expect((await client.ended()).code).to.equal(1009);
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    expect(peak / MIB).to.be.lessThan(300);
    expect(running.stats().refusals).to.deep.equal({ too_large: 20 });
  });

  it('of frames that never end their message keeps memory flat', async function () {
    this.timeout(30_000);
    const before = process.memoryUsage().rss;
    const raws = await Promise.all(Array.from({ length: 20 }, () => rawClient(running.port, 'batch')));
    for (const raw of raws) raw.socket.write(clientFrame(0x82, Buffer.alloc(1000), MIB));
    for (const raw of raws) await flood(raw, Buffer.alloc(1000), 900);
    await bystander.served();
    expect((process.memoryUsage().rss - before) / MIB).to.be.lessThan(300);
    for (const raw of raws) raw.socket.destroy();
  });

  it('of pings does not starve the others, whether the pongs are read or not', async () => {
    const pings = Buffer.concat(
      Array.from({ length: 1000 }, () => clientFrame(0x89, Buffer.alloc(125, 'p'))),
    );
    for (const reads of [true, false]) {
      const raw = await rawClient(running.port, 'batch', true);
      if (!reads) raw.socket.pause();
      const flooding = flood(raw, pings, 50);
      for (let n = 0; n < 5; n += 1) await bystander.served();
      raw.socket.resume();
      await flooding;
      raw.socket.destroy();
      await raw.closed;
    }
  });

  it('of pings whose pongs a client does not read ends its connection, also without a token', async function () {
    this.timeout(30_000);
    const pings = Buffer.concat(
      Array.from({ length: 1000 }, () => clientFrame(0x89, Buffer.alloc(125, 'p'))),
    );
    for (const [index, mode] of (['stranger', 'event', 'batch'] as const).entries()) {
      const raw = mode === 'stranger' ? await stranger(running.port) : await rawClient(running.port, mode);
      raw.socket.pause();
      const flooding = flood(raw, pings, 200).catch(() => undefined);
      await until(
        'the connection to be ended',
        () => running.stats().refusals['unread_answers'] === index + 1,
        20_000,
      );
      await bystander.served();
      raw.socket.destroy();
      await flooding;
    }
    expect(running.stats().refusals).to.deep.equal({ unread_answers: 3 });
  });

  it('of answers that a client does not read ends its connection', async function () {
    this.timeout(30_000);
    const raw = await rawClient(running.port, 'event');
    raw.socket.pause();
    const chunk = Buffer.concat(Array.from({ length: 5000 }, () => textFrame('x')));
    const flooding = flood(raw, chunk, 200).catch(() => undefined);
    await until('the connection to be ended', () => running.stats().refusals['unread_answers'] === 1, 20_000);
    await bystander.served();
    raw.socket.destroy();
    await flooding;
  });
});

/** An upgraded connection without a token. */
async function stranger(port: number): Promise<RawSocket> {
  const raw = await rawSocket(port);
  raw.socket.write(upgradeRequest('/ws/events', {}));
  await until('the upgrade', () => raw.received().includes('\r\n\r\n'));
  return raw;
}
