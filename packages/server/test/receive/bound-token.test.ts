// A token for one application sends as no other, in any of the three ways.
import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { wireEvent } from '../support/events/events.js';
import { call, server, stopServers } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('a token for one application', () => {
  let running: CerberusServer;
  let token: string;

  beforeEach(async () => {
    running = await server();
    const { body } = await call(`${running.url}/api/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'the shop', purpose: 'ingest', application: 'shop' }),
    });
    token = String(body['token']);
  });

  afterEach(stopServers);

  async function requests(): Promise<unknown> {
    return (await call(`${running.url}/api/summary`)).body['requests'];
  }

  it('sends as that one in batch mode, and is refused with 4403 as another', async () => {
    const client = await WsClient.batch(running.wsUrl, token, 'p', 'shop');
    client.frame(1, wireEvent());
    expect(await client.next()).to.include({ type: 'ack' });
    const other = await WsClient.connect(running.wsUrl, { token, batch: true });
    other.hello('q', 'another');
    expect((await other.ended()).code).to.equal(4403);
    expect(await requests()).to.equal(1);
  });

  it('does so in event mode', async () => {
    const client = await WsClient.connect(running.wsUrl);
    client.send({ ...wireEvent(), client_id: 'shop', token });
    expect(await client.next()).to.deep.equal({ status: 'ok' });
    client.send({ ...wireEvent(), client_id: 'another', token });
    expect((await client.ended()).code).to.equal(4403);
    expect(await requests()).to.equal(1);
  });

  it('does so over HTTP, where a request with an event of another is refused as a whole', async () => {
    const send = async (...ids: (string | undefined)[]): Promise<number> => {
      const events = ids.map((id) => ({ ...wireEvent(), client_id: id }));
      const headers = { authorization: '', 'x-api-key': token, 'x-client-id': 'shop' };
      const body = JSON.stringify({ events });
      return (await call(`${running.url}/v1/ingest/batch`, { method: 'POST', headers, body })).status;
    };
    expect(await send('shop', undefined)).to.equal(200);
    expect(await send('shop', 'another')).to.equal(403);
    expect(await requests()).to.equal(2);
  });

  it('may fetch the key', async () => {
    const answer = await call(`${running.url}/api/secret-key`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.body).to.deep.equal({ secret_key: 'k' });
  });
});
