// Rules on real stores, and receivers that are real servers; only the time is in the test's hand.
import { join } from 'node:path';

import { expect } from 'chai';

import type { Alerts } from '../../dist/alerts/alerts.js';
import { DuckDbStore } from '../../dist/store/duckdb/store.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import type { Store } from '../../dist/store/store.js';
import { alertsOn, HandClock, idOf, MINUTE, requests } from '../support/alerts/alerts.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { openStore, usePreparedPostgres } from '../support/databases/postgres-store.js';
import { tempFolder } from '../support/temp-folder.js';
import { webhookServer, type WebhookServer } from '../support/alerts/webhook-server.js';

const LIMITS = { memoryLimit: '512MB', threads: 2 };

describe('alerts', function () {
  this.timeout(30_000);
  const freshDatabase = usePreparedPostgres();
  const STORES: Readonly<Record<string, () => Promise<Store>>> = {
    MemoryStore: () => Promise.resolve(new MemoryStore()),
    DuckDbStore: () => DuckDbStore.open(join(tempFolder(), 'x.duckdb'), LIMITS),
    PostgresStore: async () => openStore(await freshDatabase()),
  };

  let store: Store;
  let clock: HandClock;
  let alerts: Alerts;
  let hook: WebhookServer;
  let to: string;

  async function set(open: () => Promise<Store>): Promise<void> {
    const opened = await open();
    store = opened;
    afterTest(() => opened.close());
    hook = await webhookServer();
    clock = new HandClock();
    alerts = alertsOn(store, clock);
    to = idOf(await alerts.book.addDestination({ kind: 'webhook', name: 'ops', url: hook.url }));
  }

  async function add(members: Record<string, unknown>): Promise<string> {
    return idOf(await alerts.book.addRule({ name: 'r', destinations: [to], window_minutes: 5, ...members }));
  }

  /** A tick some minutes and 30 s after the start, when the window that ends with the minute may be looked at. */
  async function tick(minute: number): Promise<void> {
    clock.at(minute);
    clock.time += 30_000;
    await alerts.tick();
  }

  const told = (): readonly (readonly [string, unknown, unknown])[] =>
    hook.received.map(({ body }) => [body.type, body.data.subject, body.data.value] as const);

  for (const [name, open] of Object.entries(STORES))
    describe(`on ${name}`, () => {
      beforeEach(() => set(open));

      it('an error rate is told once when it is too high, and once when it is not any more', async () => {
        await add({ measure: 'error_rate', above: 0.1, min_requests: 10 });
        await requests(store, 1, 20);
        await requests(store, 2, 5, { statusCode: 500 });
        for (const minute of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]) await tick(minute);
        expect(told()).to.deep.equal([
          ['alert.firing', null, 0.2],
          ['alert.resolved', null, null],
        ]);
        const [firing] = hook.received;
        expect(firing?.body.data.text).to.equal(
          'r: error rate is 20 %, above 10 % in the 5 min until 12:03 UTC',
        );
        expect(firing?.body.data['window']).to.deep.equal({
          since: '2025-03-01T11:58:00.000Z',
          until: '2025-03-01T12:03:00.000Z',
        });
      });

      it('each measure fires at what it is about, and its filter leaves out the rest', async () => {
        const client = 'b'.repeat(64);
        const user = 'c'.repeat(64);
        await requests(store, 1, 30, { latencyMs: 900, clientId: 'slow' });
        await requests(store, 1, 30, { latencyMs: 1, sourceIp: client, userId: user, clientId: 'quick' });
        await requests(store, 1, 2, { statusCode: 500, errorType: 'RangeError', clientId: 'quick' });
        await add({ name: 'p95', measure: 'p95_ms', above: 500, filter: { client_id: 'slow' } });
        await add({ name: 'not', measure: 'p95_ms', above: 500, filter: { client_id: 'quick' } });
        await add({ name: 'many', measure: 'requests', above: 61 });
        await add({ name: 'not many', measure: 'requests', above: 62 });
        const gone = { client_id: 'gone' };
        await add({ name: 'few', measure: 'requests', below: 1, window_minutes: 1, filter: gone });
        await add({ name: 'share', measure: 'share', above: 0.9, filter: { client_id: 'quick' } });
        await add({
          name: 'user',
          measure: 'share',
          of: 'user_id',
          above: 0.9,
          filter: { client_id: 'quick' },
        });
        await add({ name: 'new', measure: 'new_error_type' });
        await tick(2);
        const found = Object.fromEntries(
          hook.received.map(({ body }) => [body.data.text.split(':')[0], body.data]),
        );
        expect(Object.keys(found).sort()).to.deep.equal([
          'few',
          'many',
          'new (RangeError)',
          'p95',
          'share',
          'user',
        ]);
        expect(found['p95']?.['value']).to.be.within(800, 1000);
        expect(found['many']).to.include({ value: 62 });
        expect(found['few']).to.include({ value: 0 });
        expect(found['share']?.['detail']).to.equal('b'.repeat(12));
        expect(found['user']).to.include({ detail: user });
        expect(found['new (RangeError)']).to.include({ subject: 'RangeError', value: 2 });
        expect(hook.received.map(({ text }) => text).join()).not.to.include(client);
      });

      it('whoever is sent by name, and not by a pseudonym, is named in no message', async () => {
        alerts = alertsOn(store, clock, { publicUrl: 'https://a.example' });
        await requests(store, 1, 30, { userId: 'canary-anna', consumer: 'canary-bob@b.example' });
        for (const of of ['user_id', 'consumer']) await add({ name: of, measure: 'share', of, above: 0.9 });
        await tick(2);
        expect(hook.received.map(({ body }) => body.data.text.slice(0, 42)).sort()).to.deep.equal([
          'consumer: largest share is 100 %, above 90',
          'user_id: largest share is 100 %, above 90 ',
        ]);
        expect(hook.received.map(({ text }) => text).join()).not.to.include('canary');
        expect(JSON.stringify(await alerts.log(10))).not.to.include('canary');
      });

      it('an application that has gone silent is told, whichever of its processes it was', async () => {
        await add({ measure: 'silent_source', above: 10 });
        await requests(store, 0, 1, { clientId: 'a' });
        await requests(store, 0, 1, { clientId: 'b' });
        await requests(store, 8, 1, { clientId: 'b' });
        for (const minute of [9, 10, 11, 12, 13]) await tick(minute);
        expect(told()).to.deep.equal([['alert.firing', 'a', 11]]);
        await requests(store, 13, 1, { clientId: 'a' });
        await tick(14);
        expect(told().at(-1)).to.deep.equal(['alert.resolved', 'a', 0]);
        clock.at(60 * 24 * 9);
        await alerts.tick();
        expect(hook.received).to.have.length(2);
      });

      it('a type of error is new once, and none that was there in the week before', async () => {
        await requests(store, -60 * 24 * 3, 1, { statusCode: 500, errorType: 'Old' });
        await add({ measure: 'new_error_type', window_minutes: 2 });
        await requests(store, 1, 1, { statusCode: 500, errorType: 'Old' });
        await requests(store, 1, 1, { statusCode: 500, errorType: 'New' });
        for (const minute of [2, 3, 4]) await tick(minute);
        await requests(store, 5, 1, { statusCode: 500, errorType: 'New' });
        await requests(store, 5, 1, { statusCode: 500, errorType: 'Newer' });
        for (const minute of [6, 7, 8, 9]) await tick(minute);
        expect(told().map(([, subject]) => subject)).to.deep.equal(['New', 'Newer']);
        expect((await alerts.log(10)).map(({ payload }) => payload.type)).to.deep.equal([
          'alert.firing',
          'alert.firing',
        ]);
      });

      it('a summary comes when its schedule does, once, with the figures of the week', async () => {
        await requests(store, -60 * 24 * 2, 3);
        await requests(store, -60 * 24 * 9, 2);
        await requests(store, -60 * 24 * 20, 1);
        // The start is a Saturday, 13:00 in Berlin.
        await add({ measure: 'summary', schedule: '0 8 * * 1', time_zone: 'Europe/Berlin' });
        await tick(2);
        clock.time = Date.parse('2025-03-03T06:59:59Z');
        await alerts.tick();
        expect(hook.received).to.deep.equal([]);
        clock.time = Date.parse('2025-03-03T07:00:01Z');
        await alerts.tick();
        await alerts.tick();
        expect(hook.received).to.have.length(1);
        expect(hook.received[0]?.body).to.deep.include({ type: 'alert.summary' });
        const summary = hook.received[0]?.body.data['summary'] as Record<string, Record<string, number>>;
        expect(summary['now']).to.deep.include({ requests: 3, errors: 0, clients: 1 });
        // Of a week it is an estimate.
        expect(summary['now']?.['p95_ms']).to.be.within(11, 14);
        expect(hook.received[0]?.body.data.text).to.include('3 requests (+50 %)');
      });

      it('a summary compares with no week that is not kept as a whole', async () => {
        await requests(store, -60 * 24 * 9, 2);
        await requests(store, -60 * 24 * 2, 3);
        await add({ name: 'week', measure: 'summary', schedule: '0 8 * * 1' });
        await tick(2);
        clock.time = Date.parse('2025-03-03T08:00:01Z');
        await alerts.tick();
        const [message] = hook.received;
        expect(message?.body.data['summary']).to.deep.include({ before: null });
        const [, figures, latency] = message?.body.data.text.split('\n') ?? [];
        expect(figures).to.equal('3 requests, 0 % errors, 1 clients');
        expect(latency).to.match(/^p95 \d+ ms$/);
      });

      it('what is to be sent is sent after a restart, when its receiver takes it, in order and with the same id', async () => {
        hook.status = 503;
        await add({ measure: 'requests', above: 0, window_minutes: 1 });
        await requests(store, 1, 1);
        for (const minute of [2, 3, 4]) await tick(minute);
        const failed = hook.received.length;
        expect(failed).to.be.greaterThan(1);
        expect(new Set(told().map(([type]) => type))).to.deep.equal(new Set(['alert.firing']));
        hook.status = 204;
        alerts = alertsOn(store, clock);
        clock.time += 60 * MINUTE;
        await alerts.tick();
        await alerts.tick();
        const after = hook.received.slice(failed);
        expect(after.map(({ body }) => body.type)).to.deep.equal(['alert.firing', 'alert.resolved']);
        expect(after[0]?.headers['webhook-id']).to.equal(hook.received[0]?.headers['webhook-id']);
        expect(after[0]?.text).to.equal(hook.received[0]?.text);
        const [resolved, firing] = await alerts.log(10);
        expect(resolved).to.deep.include({ waiting: [] });
        expect(firing?.sent).to.have.length(1);
        expect(firing?.sent[0]).to.include({
          isDelivered: true,
          attempts: failed + 1,
          destinationName: 'ops',
        });
      });
    });
});
