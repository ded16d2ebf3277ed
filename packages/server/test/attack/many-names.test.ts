// A sender that makes up names without end: every list of them is cut, says how much it leaves out, and can be searched.

import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { append, producerRef, wireEvent } from '../support/events/events.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const PRODUCERS = 5000;
type Row = Readonly<Record<string, unknown>>;

/** What an endpoint answers, and its size in bytes. */
async function asked(running: CerberusServer, path: string): Promise<{ body: Row; bytes: number }> {
  const { status, body } = await call(`${running.url}${path}`);
  expect(status, path).to.equal(200);
  return { body, bytes: Buffer.byteLength(JSON.stringify(body)) };
}

function rowsOf(body: Row, name: string): readonly Row[] {
  return body[name] as readonly Row[];
}

describe('many names', function () {
  this.timeout(60_000);
  let running: CerberusServer;

  beforeEach(async () => {
    const store = await DuckDbStore.open(join(tempFolder(), 'x.duckdb'), {
      memoryLimit: '256MB',
      threads: 1,
    });
    running = await server({ store });
    const now = Date.now() - PRODUCERS;
    // Half of them are starts of one application, half are applications of their own.
    const starts = Array.from({ length: PRODUCERS }, (_, n) => {
      const clientId = n % 2 === 0 ? 'restarts' : `app-${n}`;
      return store.append(
        append({ producer: producerRef({ producer: `start-${n}`, clientId }), receivedAt: now + n }),
      );
    });
    await Promise.all(starts);
  });

  it('S16 make no answer long: sources are cut, add up by application, and are found by a search', async () => {
    const { body, bytes } = await asked(running, '/api/sources');
    expect(bytes).to.be.below(100_000);
    expect(body).to.include({ applications_total: PRODUCERS / 2 + 1, sources_total: PRODUCERS });
    expect(body['client_ids_total']).to.equal(PRODUCERS / 2 + 1);
    expect(rowsOf(body, 'applications')).to.have.length(100);
    expect(rowsOf(body, 'sources')).to.have.length(100);
    expect(body['client_ids']).to.have.length(200);
    const one = await asked(running, '/api/sources?client_id=restarts&limit=1');
    expect(rowsOf(one.body, 'applications')[0]).to.include({
      client_id: 'restarts',
      producers: PRODUCERS / 2,
    });
    expect(one.body).to.include({ applications_total: 1, sources_total: PRODUCERS / 2 });
    const found = await asked(running, '/api/sources?q=APP-17');
    const names = rowsOf(found.body, 'applications').map((row) => String(row['client_id']));
    expect(names).to.include.members(['app-17', 'app-171', 'app-1701']);
    expect(names.filter((name) => !name.includes('app-17'))).to.deep.equal([]);
    for (const wrong of ['limit=0', 'limit=1001', `q=${'x'.repeat(257)}`])
      expect((await call(`${running.url}/api/sources?${wrong}`)).status, wrong).to.equal(400);
  });

  it('do not push out what is connected, stored or not', async () => {
    const old = await WsClient.batch(running.wsUrl, TOKEN, 'start-0', 'restarts');
    const silent = await WsClient.connect(running.wsUrl, { token: TOKEN, batch: true });
    silent.hello('silent', 'silent');
    expect(await silent.next()).to.include({ type: 'welcome' });
    const { body } = await asked(running, '/api/sources?limit=1');
    expect(rowsOf(body, 'sources')[0]).to.include({ producer: 'start-0', connected: true });
    const found = await asked(running, '/api/sources?q=silent');
    expect(rowsOf(found.body, 'applications')).to.have.length(1);
    expect(rowsOf(found.body, 'applications')[0]).to.include({
      client_id: 'silent',
      producers: 1,
      connected: 1,
      events: 0,
    });
    expect(rowsOf(found.body, 'sources')[0]).to.include({ producer: 'silent', events: 0 });
    await Promise.all([old.close(), silent.close()]);
  });

  it('of endpoints, metrics and clients are cut, counted and searched as well', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'names');
    for (let seq = 1; seq <= 4; seq += 1) {
      const events = Array.from({ length: 300 }, (_, n) => {
        const id = seq * 1000 + n;
        const custom_data = Object.fromEntries(
          Array.from({ length: 5 }, (_each, k) => [`metric-${id}-${k}`, k]),
        );
        return wireEvent({
          route: `/path/${id}`,
          source_ip: id.toString(16).padEnd(64, '0'),
          timestamp: new Date().toISOString(),
          custom_data,
        });
      });
      client.frame(seq, ...events);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq });
    }
    const endpoints = await asked(running, '/api/endpoints?q=path/3');
    expect(endpoints.body).to.include({ total: 300 });
    expect(rowsOf(endpoints.body, 'endpoints')).to.have.length(50);
    const metrics = await asked(running, '/api/custom-metrics');
    expect(metrics.body).to.include({ total: 6000 });
    expect(rowsOf(metrics.body, 'metrics')).to.have.length(100);
    expect((await asked(running, '/api/custom-metrics?q=4299-')).body).to.include({ total: 5 });
    const clients = await asked(running, '/api/clients');
    expect(rowsOf(clients.body, 'clients')).to.have.length(20);
    expect(clients.body).to.include({ more: true });
    await client.close();
  });
});
