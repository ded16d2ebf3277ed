import { expect } from 'chai';

import type { ServerOptions } from '../../dist/config.js';
import type { CerberusServer } from '../../dist/server.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import {
  clientFrame,
  closeCodeIn,
  rawSocket,
  upgradeRequest,
  type RawSocket,
} from '../support/senders/raw-upgrade.js';
import { server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const BATCH = { 'Sec-WebSocket-Protocol': 'cerberus.batch.v1' };
const BEARER = { Authorization: `Bearer ${TOKEN}` };

describe('the WebSocket endpoint', () => {
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    running = await server(options);
  }

  async function statusOf(path: string, headers: Record<string, string>): Promise<string> {
    const { socket, received, closed } = await rawSocket(running.port);
    socket.write(upgradeRequest(path, headers));
    await until('the answer to the upgrade', () => received().includes('\r\n\r\n'));
    const answer = received().toString('latin1');
    if (!answer.startsWith('HTTP/1.1 101')) await within('the socket to close', closed);
    socket.destroy();
    return answer.slice(9, 12);
  }

  async function upgraded(headers: Record<string, string>): Promise<RawSocket> {
    const raw = await rawSocket(running.port);
    raw.socket.write(upgradeRequest('/ws/events', headers));
    await until('the upgrade', () => raw.received().includes('\r\n\r\n'));
    return raw;
  }

  afterEach(stopServers);

  describe('the upgrade', () => {
    beforeEach(() => start());

    it('is accepted without a header, for clients whose events carry the credentials', async () => {
      expect(await statusOf('/ws/events', {})).to.equal('101');
      expect(await statusOf('/ws/events?x=1', {})).to.equal('101');
    });

    it('is accepted with the right token in both modes', async () => {
      expect(await statusOf('/ws/events', BEARER)).to.equal('101');
      expect(await statusOf('/ws/events', { ...BEARER, ...BATCH })).to.equal('101');
    });

    it('selects the batch protocol wherever it stands in the offer', async () => {
      const raw = await upgraded({ ...BEARER, 'Sec-WebSocket-Protocol': 'other.v1, cerberus.batch.v1' });
      expect(raw.received().toString('latin1')).to.match(/sec-websocket-protocol: cerberus\.batch\.v1\r\n/i);
      raw.socket.destroy();
    });

    it('selects nothing when it knows none of the offered protocols', async () => {
      const raw = await upgraded({ 'Sec-WebSocket-Protocol': 'cerberus.batch.v2' });
      expect(raw.received().toString('latin1')).not.to.match(/sec-websocket-protocol/i);
      raw.socket.destroy();
    });

    it('is refused with 401 in batch mode without the header', async () => {
      expect(await statusOf('/ws/events', BATCH)).to.equal('401');
      expect(await statusOf('/ws/events', { 'Sec-WebSocket-Protocol': 'x,cerberus.batch.v1' })).to.equal(
        '401',
      );
    });

    it('is refused with 401 in both modes for a wrong header', async () => {
      for (const Authorization of ['Bearer wrong', 'Bearer', '', TOKEN, `Basic ${TOKEN}`]) {
        expect(await statusOf('/ws/events', { ...BATCH, Authorization }), Authorization).to.equal('401');
        expect(await statusOf('/ws/events', { Authorization }), Authorization).to.equal('401');
      }
      expect(running.stats().refusals).to.deep.equal({ unauthorized: 10 });
    });

    it('is refused with 404 on another path', async () => {
      for (const path of ['/', '/ws', '/ws/events/', '/ws/eventsx', '//ws/events', '/api/events']) {
        expect(await statusOf(path, BEARER), path).to.equal('404');
      }
    });

    it('is refused with 4xx when it is no proper WebSocket upgrade', async () => {
      expect(await statusOf('/ws/events', { 'Sec-WebSocket-Key': 'short' })).to.equal('400');
    });

    it('does not compress', async () => {
      const raw = await upgraded({ 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      expect(raw.received().toString('latin1')).not.to.match(/sec-websocket-extensions/i);
      raw.socket.destroy();
    });
  });

  it('refuses connections over the limit with 503 and takes new ones when others have gone', async () => {
    await start({ maxConnections: 2 });
    const first = await WsClient.batch(running.wsUrl, TOKEN, 'producer-1');
    await WsClient.batch(running.wsUrl, TOKEN, 'producer-2');
    expect(await statusOf('/ws/events', BEARER)).to.equal('503');
    expect(running.stats().refusals).to.deep.equal({ too_many_connections: 1 });
    await first.close();
    await until('the server has noticed', () => running.stats().connections === 1);
    expect(await statusOf('/ws/events', BEARER)).to.equal('101');
  });

  describe('frames that break the WebSocket protocol', () => {
    beforeEach(() => start({ maxFrameBytes: 65_536 }));

    const json = Buffer.from('{"type":"x"}');
    const broken: Record<string, readonly [Buffer, number]> = {
      'invalid UTF-8': [clientFrame(0x81, Buffer.from([0xff, 0xfe])), 1007],
      'a reserved opcode': [clientFrame(0x83, json), 1002],
      'a reserved bit (compression)': [clientFrame(0xc1, json), 1002],
      'no mask': [Buffer.concat([Buffer.from([0x81, json.length]), json]), 1002],
      'an announced length of 200 MB': [clientFrame(0x81, json, 200_000_000), 1009],
      'an announced length of 2^60': [clientFrame(0x81, json, 2 ** 60), 1009],
      'a continuation of nothing': [clientFrame(0x80, json), 1002],
      'a fragmented ping': [clientFrame(0x09, json), 1002],
    };
    for (const [name, [bytes, code]] of Object.entries(broken)) {
      it(`close only their own connection: ${name}`, async () => {
        const other = await WsClient.batch(running.wsUrl, TOKEN);
        const raw = await upgraded({ ...BEARER, ...BATCH });
        raw.socket.write(bytes);
        await until('the close frame', () => closeCodeIn(raw.received()) !== undefined);
        expect(closeCodeIn(raw.received())).to.equal(code);
        other.frame(1, wireEvent());
        expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
        raw.socket.destroy();
      });
    }

    it('end the connection even if the peer never closes', async () => {
      const raw = await upgraded({ ...BEARER, ...BATCH });
      raw.socket.write(clientFrame(0x83, json));
      await within('the server to cut the connection', raw.closed);
      await until('the connection is forgotten', () => running.stats().connections === 0);
    });
  });

  it('takes a message in many fragments and a head that came with the upgrade', async () => {
    await start();
    const raw = await rawSocket(running.port);
    const hello = Buffer.from(JSON.stringify({ type: 'hello', client_id: 'a', producer: 'p' }));
    const fragments = [...hello].map((byte, index) =>
      clientFrame((index === 0 ? 0x01 : 0x00) | (index === hello.length - 1 ? 0x80 : 0), Buffer.from([byte])),
    );
    raw.socket.write(
      Buffer.concat([Buffer.from(upgradeRequest('/ws/events', { ...BEARER, ...BATCH })), ...fragments]),
    );
    await until('the welcome', () => raw.received().includes('"type":"welcome"'));
    raw.socket.destroy();
  });

  describe('the heartbeat', () => {
    beforeEach(() => start({ pingIntervalMillis: 40 }));

    it('ends a connection whose peer does not answer pings', async () => {
      const raw = await upgraded({ ...BEARER, ...BATCH });
      await within('the server to cut the connection', raw.closed);
      await until('the connection is forgotten', () => running.stats().connections === 0);
      expect(running.stats().dead).to.equal(1);
    });

    it('keeps an idle connection whose peer answers', async () => {
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      let pings = 0;
      client.socket.on('ping', () => {
        pings += 1;
      });
      await until('several pings', () => pings >= 4);
      client.frame(1, wireEvent());
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(running.stats().dead).to.equal(0);
    });
  });

  it('takes messages as a sign of life', async () => {
    // Long enough that no pause of this process, which is both ends, looks like silence.
    await start({ pingIntervalMillis: 400 });
    const raw = await upgraded(BEARER);
    for (let n = 0; n < 12; n += 1) {
      raw.socket.write(clientFrame(0x81, Buffer.from('{}x')));
      await pause(100);
    }
    expect(running.stats()).to.include({ dead: 0, connections: 1 });
    raw.socket.destroy();
  });

  it('takes a part of a message as a sign of life: a slow line brings no pong before the rest', async () => {
    await start({ pingIntervalMillis: 400 });
    const raw = await upgraded(BEARER);
    const frame = clientFrame(0x81, Buffer.from(`"${'x'.repeat(6_000)}"`));
    for (let at = 0; at < frame.length; at += 500) {
      raw.socket.write(frame.subarray(at, at + 500));
      await pause(100);
    }
    expect(running.stats()).to.include({ dead: 0, connections: 1 });
    raw.socket.destroy();
  });

  it('cuts off a peer that does not answer a close', async () => {
    await start();
    const raw = await upgraded(BEARER);
    raw.socket.write(clientFrame(0x81, Buffer.from('{"token":"wrong"}')));
    await until('the close frame', () => closeCodeIn(raw.received()) === 4401);
    await within('the server to cut the connection', raw.closed);
    await until('the connection is forgotten', () => running.stats().connections === 0);
  });

  it('ends a request whose head does not come in time', async () => {
    await start({ requestTimeoutMillis: 200 });
    const raw = await rawSocket(running.port);
    raw.socket.write('GET /ws/events HTTP/1.1\r\nHost: x\r\n');
    await within('the server to give up', raw.closed);
  });
});
