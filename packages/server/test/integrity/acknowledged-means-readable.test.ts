// Promise: an acknowledgement is sent after the event is stored durably, in both modes: at that moment a reader on
// another connection of the database finds it.

import { join } from 'node:path';

import { expect } from 'chai';

import { wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('an acknowledgement', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  it('comes only when a second connection can read the event', async () => {
    const running = await server({ db: join(tempFolder(), 'test.duckdb') });
    const requests = async (): Promise<unknown> =>
      (await call(`${running.url}/api/summary`)).body['requests'];
    const batch = await WsClient.batch(running.wsUrl, TOKEN);
    const event = await WsClient.connect(running.wsUrl);
    for (let round = 1; round <= 15; round += 1) {
      batch.frame(round, wireEvent());
      expect(await batch.next()).to.deep.equal({ type: 'ack', seq: round });
      expect(await requests()).to.equal(3 * round - 2);
      event.send({ ...wireEvent(), token: TOKEN, client_id: 'x' });
      event.send({ ...wireEvent(), token: TOKEN, client_id: 'y' });
      expect([await event.next(), await event.next()]).to.deep.equal([{ status: 'ok' }, { status: 'ok' }]);
      expect(await requests()).to.equal(3 * round);
    }
  });

  it('of many senders at once adds up to what is stored', async () => {
    const running = await server({ db: join(tempFolder(), 'test.duckdb') });
    const clients = await Promise.all(
      Array.from({ length: 20 }, (_, index) => WsClient.batch(running.wsUrl, TOKEN, `producer-${index}`)),
    );
    for (const client of clients)
      for (let seq = 1; seq <= 8; seq += 1) client.frame(seq, wireEvent(), wireEvent());
    for (const client of clients) {
      for (let seq = 1; seq <= 8; seq += 1) expect(await client.next()).to.deep.equal({ type: 'ack', seq });
    }
    expect((await call(`${running.url}/api/summary`)).body['requests']).to.equal(20 * 8 * 2);
    expect(running.stats()).to.include({ stored: 320, duplicates: 0 });
  });
});
