// Messages in tiny fragments: each costs the server a hundred times what it costs the sender, also one without the token.

import { expect } from 'chai';

import { Bystander } from '../support/senders/bystander.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { flood } from '../support/senders/raw-client.js';
import { clientFrame, rawSocket, upgradeRequest, type RawSocket } from '../support/senders/raw-upgrade.js';
import { server, TOKEN } from '../support/servers/server-fixture.js';

/** A connection in event mode that has not shown the token. */
async function stranger(port: number): Promise<RawSocket> {
  const raw = await rawSocket(port);
  raw.socket.write(upgradeRequest('/ws/events'));
  await until('the upgrade', () => raw.received().includes('\r\n\r\n'));
  return raw;
}

/** A client frame of up to 125 bytes with a zero mask: with the short header that a sender of many would choose. */
function shortFrame(firstByte: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([firstByte, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

describe('fragments', () => {
  it('S9 of one byte without end are cut off while they are few, from all that strangers may open at once', async function () {
    this.timeout(30_000);
    const running = await server();
    const bystander = await Bystander.connect(running);
    const strangers = await Promise.all(Array.from({ length: 100 }, () => stranger(running.port)));
    const one = shortFrame(0x00, Buffer.from('x'));
    const thousands = Buffer.concat(Array.from({ length: 4000 }, () => one));
    await Promise.all(
      strangers.map((raw) => {
        raw.socket.write(shortFrame(0x01, Buffer.from('x')));
        return flood(raw, thousands, 1);
      }),
    );
    await bystander.served();
    await within('all to be cut off', Promise.all(strangers.map(({ closed }) => closed)), 20_000);
    expect(running.stats().refusals['invalid_message']).to.equal(100);
    await bystander.unharmed();
  });

  it('of a few bytes each make up an event all the same', async () => {
    const running = await server();
    const raw = await stranger(running.port);
    const text = Buffer.from(JSON.stringify({ ...wireEvent(), client_id: 'slow', token: TOKEN }));
    raw.socket.write(clientFrame(0x01, text.subarray(0, 1)));
    for (let at = 1; at < text.length; at += 4)
      raw.socket.write(clientFrame(0x00, text.subarray(at, at + 4)));
    raw.socket.write(clientFrame(0x80, Buffer.alloc(0)));
    await until('the answer', () => raw.received().includes('{"status":"ok"}'));
  });
});
