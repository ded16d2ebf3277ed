// The clocks of senders: an event whose time cannot be right is kept, and counts as of its arrival.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { append, storeEvent, wireEvent } from '../support/events/events.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

describe('the time of an event', () => {
  let running: CerberusServer;

  const at = (path: string, millis: number): Record<string, unknown> =>
    wireEvent({ endpoint: path, route: null, timestamp: new Date(Date.now() + millis).toISOString() });
  const events = (): readonly Record<string, unknown>[] => [
    at('/old', -29 * DAY),
    at('/ahead', 50 * MINUTE),
    at('/older', -31 * DAY),
    at('/far-ahead', 70 * MINUTE),
    wireEvent({ endpoint: '/2262', route: null, timestamp: '2262-04-12T00:00:00Z' }),
    wireEvent({ endpoint: '/1970', route: null, timestamp: '1970-01-01T00:00:00Z' }),
  ];
  const send: Readonly<Record<string, () => Promise<void>>> = {
    'batch mode': async () => {
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      client.frame(1, ...events());
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    },
    'event mode': async () => {
      const client = await WsClient.connect(running.wsUrl);
      for (const event of events()) client.send({ ...event, client_id: 'x', token: TOKEN });
      for (const _ of events()) expect(await client.next()).to.deep.equal({ status: 'ok' });
    },
    ingest: async () => {
      const body = JSON.stringify({ events: events().map((event) => ({ ...event, client_id: 'x' })) });
      const { status } = await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
      expect(status).to.equal(200);
    },
  };

  for (const [mode, sendAll] of Object.entries(send)) {
    it(`S5 that is not within 30 days before and an hour after its arrival is that of its arrival: ${mode}`, async () => {
      running = await server({ maxEventAgeDays: 30 });
      await sendAll();
      const found = (await call(`${running.url}/api/events`)).body['events'] as Record<string, unknown>[];
      const kept = found
        .filter((event) => event['timestamp'] !== undefined)
        .map((event) => event['endpoint']);
      expect(found).to.have.length(6);
      expect(kept.toSorted()).to.deep.equal(['/ahead', '/old']);
      expect(running.stats().adjusted).to.deep.equal({ time_not_plausible: 4 });
    });
  }

  for (const time of ['2262-04-12T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z']) {
    it(`S5 of ${time}, in a file of before, spoils no export, aggregate or page`, async () => {
      const folder = tempFolder();
      const db = join(folder, 'x.duckdb');
      const store = await DuckDbStore.open(db, { memoryLimit: '256MB', threads: 1 });
      afterTest(() => store.close());
      const now = Date.now();
      const timestamps = [Date.parse(time), now - MINUTE];
      const stored = timestamps.map((timestamp) => storeEvent({ timestamp }));
      await store.append(append({ seq: null, receivedAt: now, events: stored }));
      for (const isRolledUp of [false, true]) {
        if (isRolledUp) await store.rollUp();
        for (const days of [1, 30]) {
          const query = { since: now - days * DAY, until: now + MINUTE, bucketMillis: 60 * MINUTE };
          const { analytics } = store;
          expect((await analytics.overview(query)).totals.requests).to.equal(1);
          expect((await analytics.endpoints({ ...query, order: 'requests', limit: 9 })).total).to.equal(1);
          expect((await analytics.clients({ ...query, limit: 9 }))[0]?.requests).to.equal(1);
          expect((await analytics.metrics({ ...query, limit: 9 })).events).to.equal(1);
        }
        expect((await store.summary({})).requests).to.equal(2);
        expect((await store.events({ limit: 9 })).map((event) => event.timestamp)).to.have.members(
          timestamps,
        );
        for (const format of ['ndjson', 'parquet'] as const) {
          await store.archive.export({ format }, join(folder, `${isRolledUp}.${format}`));
        }
        expect(readFileSync(join(folder, `${isRolledUp}.ndjson`), 'utf8')).to.include(
          `"timestamp":"${time}"`,
        );
      }
    });
  }
});
