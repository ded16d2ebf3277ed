import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import type { ServerOptions } from '../../dist/config.js';
import type { CerberusServer } from '../../dist/server.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';

describe('POST /v1/ingest/batch', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  async function start(options: ServerOptions = {}): Promise<void> {
    store = new ControlledStore();
    running = await server({ store, ...options });
  }

  function post(
    body: unknown,
    headers: Record<string, string> = { 'x-api-key': TOKEN, 'x-client-id': 'gateway' },
  ): ReturnType<typeof call> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return call(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      body: text,
      headers: { authorization: '', ...headers },
    });
  }

  beforeEach(() => start());
  afterEach(stopServers);

  it('stores events and says how many', async () => {
    const { status, body } = await post({
      events: [wireEvent({ endpoint: '/1' }), wireEvent({ endpoint: '/2' })],
    });
    expect({ status, body }).to.deep.equal({ status: 200, body: { accepted: 2, skipped: 0 } });
    const events = await store.events({ limit: 10 });
    expect(events.map((event) => [event.endpoint, event.clientId])).to.deep.equal([
      ['/2', 'gateway'],
      ['/1', 'gateway'],
    ]);
    expect(await store.producer('http:gateway')).to.include({ mode: 'http', events: 2 });
  });

  it('takes the event’s own client id before the header’s', async () => {
    await post({ events: [wireEvent({ client_id: 'own' }), wireEvent()] });
    expect((await store.events({ limit: 10 })).map((event) => event.clientId)).to.have.members([
      'own',
      'gateway',
    ]);
  });

  it('takes the header’s client id for an event whose own is null, which is none', async () => {
    const { body } = await post({ events: [wireEvent({ client_id: null })] });
    expect(body).to.deep.equal({ accepted: 1, skipped: 0 });
    expect((await store.events({ limit: 10 })).map((event) => event.clientId)).to.deep.equal(['gateway']);
  });

  it('takes the bytes of the header for UTF-8 where they are, and cuts them as it cuts the event’s own', async () => {
    const names = ['Käse', '店', 'ü'.repeat(200)];
    const sent = names.map((name) => Buffer.from(name).toString('latin1'));
    for (const name of [...sent, 'M\u00fcll']) {
      const { body } = await post({ events: [wireEvent()] }, { 'x-api-key': TOKEN, 'x-client-id': name });
      expect(body).to.deep.equal({ accepted: 1, skipped: 0 });
    }
    expect((await store.events({ limit: 10 })).map((event) => event.clientId)).to.have.members([
      'Käse',
      '店',
      'ü'.repeat(128),
      'Müll',
    ]);
  });

  it('skips an event that names no client anywhere', async () => {
    const { body } = await post(
      { events: [wireEvent(), wireEvent({ client_id: 'own' })] },
      { 'x-api-key': TOKEN },
    );
    expect(body).to.deep.equal({ accepted: 1, skipped: 1 });
  });

  it('skips health checks by their last path segment only', async () => {
    const skipped = ['/health', '/health/', '/api/health_check', '/ready', '/a/b/ready//'];
    const kept = ['/healthy', '/health/details', '/readyz', '/api/READY', '/'];
    const events = [...skipped, ...kept].map((endpoint) => wireEvent({ endpoint }));
    expect((await post({ events })).body).to.deep.equal({ accepted: kept.length, skipped: skipped.length });
    expect((await store.events({ limit: 10 })).map((event) => event.endpoint)).to.have.members(kept);
  });

  it('skips events over 64 KiB and events that are invalid', async () => {
    const large = wireEvent({ custom_data: { blob: 'x'.repeat(66_000) } });
    const { body } = await post({ events: [large, wireEvent(), { nothing: true }, 'text', null] });
    expect(body).to.deep.equal({ accepted: 1, skipped: 4 });
    expect(running.stats().skipped).to.equal(4);
  });

  it('keeps all events of a request where one has a number that is none, as Python writes it', async () => {
    const [one, other] = [wireEvent({ endpoint: '/1' }), wireEvent({ endpoint: '/2', latency_ms: 1.25 })];
    const text = JSON.stringify({ events: [one, other] }).replace('"latency_ms":1.25', '"latency_ms":NaN');
    expect((await post(text)).body).to.deep.equal({ accepted: 2, skipped: 0 });
    const events = await store.events({ limit: 10 });
    expect(events.map(({ endpoint, latencyMs }) => [endpoint, latencyMs])).to.have.deep.members([
      ['/1', 12.345],
      ['/2', null],
    ]);
  });

  it('accepts an empty list', async () => {
    expect((await post({ events: [] })).body).to.deep.equal({ accepted: 0, skipped: 0 });
  });

  it('takes 1,000 events and refuses 1,001 with 413', async () => {
    const events = Array.from({ length: 1001 }, () => wireEvent());
    expect((await post({ events })).status).to.equal(413);
    expect((await post({ events: events.slice(1) })).body).to.deep.equal({ accepted: 1000, skipped: 0 });
    expect(await store.events({ limit: 2000 })).to.have.length(1000);
  });

  it('answers 401 without a key and 403 with an unknown one', async () => {
    const missing = await post({ events: [] }, {});
    expect([missing.status, missing.body]).to.deep.equal([401, { error: 'missing X-API-Key' }]);
    const unknown = await post({ events: [] }, { 'x-api-key': 'nope' });
    expect([unknown.status, unknown.body]).to.deep.equal([403, { error: 'unknown API key' }]);
    expect(running.stats().refusals).to.deep.equal({ unauthorized: 2 });
  });

  for (const body of ['', '[[[', 'null', '[]', '{}', '{"events":{}}']) {
    it(`answers 400 for ${JSON.stringify(body)}`, async () => {
      const { status, body: answer } = await post(body);
      expect(status).to.equal(400);
      expect(answer).to.have.property('error');
    });
  }

  it('answers 413 for a body over the limit, announced or not', async () => {
    await stopServers();
    await start({ maxIngestBytes: 2000 });
    const text = JSON.stringify({ events: [wireEvent({ user_agent: 'x'.repeat(3000) })] });
    expect((await post(text)).status).to.equal(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 500)
          controller.enqueue(Buffer.from(text.slice(at, at + 500)));
        controller.close();
      },
    });
    const streamed = await fetch(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      body: chunks,
      duplex: 'half',
      headers: { 'x-api-key': TOKEN },
    });
    expect(streamed.status).to.equal(413);
    expect(await store.events({ limit: 1 })).to.deep.equal([]);
  });

  it('answers 413 to a client that writes everything before it reads, and does not reset its connection', async () => {
    await stopServers();
    await start({ maxIngestBytes: 2000 });
    const bytes = 16 * 1024 * 1024;
    const client = connect(running.port, '127.0.0.1');
    const received = client.setEncoding('latin1').toArray();
    client.write(
      `POST /v1/ingest/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: ${TOKEN}\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    const piece = Buffer.alloc(64 * 1024, ' ');
    for (let sent = 0; sent < bytes; sent += piece.length)
      if (!client.write(piece)) await within('the body to be taken', once(client, 'drain'));
    expect((await received).join('')).to.match(/^HTTP\/1\.1 413 /);
  });

  it('answers 503 with Retry-After when the store fails or is behind', async () => {
    store.fault = () => 'fail';
    const failed = await post({ events: [wireEvent()] });
    expect([failed.status, failed.headers.get('retry-after')]).to.deep.equal([503, '1']);
    store.load = { appends: 1, events: 1e9, bytes: 0 };
    expect((await post({ events: [wireEvent()] })).status).to.equal(503);
    expect(running.stats().stored).to.equal(0);
  });

  it('never stores the key', async () => {
    await post({ events: [wireEvent({ token: TOKEN, api_key: TOKEN })] });
    expect(JSON.stringify(await store.events({ limit: 1 }))).not.to.include(TOKEN);
  });

  it('says of a body that was compressed that it is to come as it is', async () => {
    const body = gzipSync('{"events":[]}');
    const headers = { 'x-api-key': TOKEN, 'content-encoding': 'gzip' };
    const answer = await call(`${running.url}/v1/ingest/batch`, { method: 'POST', headers, body });
    expect(answer.status).to.equal(400);
    expect(answer.body['error']).to.contain('no content-encoding is taken');
  });

  it('answers 405 to a GET', async () => {
    const answer = await call(`${running.url}/v1/ingest/batch`);
    expect([answer.status, answer.headers.get('allow')]).to.deep.equal([405, 'POST']);
  });
});
