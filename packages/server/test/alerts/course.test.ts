// What alerts do over time: when they begin, when they give up, and what they forget.
import { expect } from 'chai';

import { MAX_WAITING } from '../../dist/alerts/outbox.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { alertsOn, HandClock, idOf, MINUTE, requests } from '../support/alerts/alerts.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { webhookServer } from '../support/alerts/webhook-server.js';

const RULE = { name: 'r', measure: 'requests', above: 0, window_minutes: 1, recover_windows: 1 };
const DAY = 24 * 60 * MINUTE;

describe('alerts over time', () => {
  let store: MemoryStore;
  let clock: HandClock;

  beforeEach(() => {
    store = new MemoryStore();
    clock = new HandClock();
  });

  it('look at nothing in the first minute of a server, and in the first after the database was away', async () => {
    let isAway = false;
    const documents = {
      list: (kinds: readonly string[]) =>
        isAway ? Promise.reject(new Error('away')) : store.documents.list(kinds),
      change: store.documents.change.bind(store.documents),
    };
    const lines: string[] = [];
    const alerts = alertsOn({ documents, analytics: store.analytics }, clock, {
      log: (_, line) => void lines.push(line),
    });
    await alerts.book.addRule(RULE);
    const done = async (millis: number): Promise<number> => {
      clock.time += millis;
      await alerts.tick();
      return alerts.counts.evaluations.done;
    };
    expect(await done(59_999)).to.equal(0);
    expect(await done(1)).to.equal(1);
    isAway = true;
    expect(await done(2 * MINUTE)).to.equal(1);
    isAway = false;
    expect(await done(59_999)).to.equal(1);
    expect(await done(1)).to.equal(2);
    expect(lines).to.deep.equal([
      'alerts: rules cannot be looked at: Error',
      'alerts: messages cannot be sent: Error',
      'alerts: rules are looked at again',
    ]);
  });

  it('say once for a rule in each window that it cannot be looked at, and look at the others', async () => {
    const analytics = {
      ...store.analytics,
      totals: () => Promise.reject(new Error('too busy')),
      values: store.analytics.values.bind(store.analytics),
      applications: store.analytics.applications.bind(store.analytics),
    };
    const alerts = alertsOn({ documents: store.documents, analytics }, clock);
    await alerts.book.addRule(RULE);
    await alerts.book.addRule({ name: 's', measure: 'silent_source', above: 5 });
    for (let tick = 0; tick < 3; tick += 1) {
      clock.at(2);
      await alerts.tick();
    }
    expect(alerts.counts.evaluations).to.deep.equal({ done: 1, failed: 1 });
  });

  it('leave rules of a later version as they are, look at the others, and say once that they do', async () => {
    const later = JSON.stringify({ ...RULE, measure: 'p99_ms', destinations: [], sustain: 3 });
    await store.documents.change([{ kind: 'alert_rule', id: 'a1b2c3', version: 0, content: later }]);
    const lines: string[] = [];
    const alerts = alertsOn(store, clock, { log: (level, line) => void lines.push(`${level} ${line}`) });
    await alerts.book.addRule(RULE);
    for (const minute of [2, 3, 4]) {
      clock.at(minute);
      await alerts.tick();
    }
    expect(alerts.counts.evaluations).to.deep.equal({ done: 3, failed: 0 });
    expect(lines).to.deep.equal([
      'warn alerts: rules that this version of the server cannot read are not looked at: a1b2c3',
    ]);
    const [kept] = await store.documents.list(['alert_rule']);
    expect(kept?.content).to.equal(later);
  });

  it('give up a message after three days, or when its receiver is gone for good, and the log says so', async () => {
    const hook = await webhookServer();
    hook.status = 500;
    const alerts = alertsOn(store, clock);
    const to = idOf(await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: hook.url }));
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, 1, 1);
    clock.at(2.5);
    await alerts.tick();
    const tried = async (): Promise<readonly number[]> => {
      const { waiting = [], sent = [] } = (await alerts.log(10)).at(-1) ?? {};
      return [hook.received.length, waiting.length, sent.length];
    };
    expect(await tried()).to.deep.equal([1, 1, 0]);
    // It is not yet time for the next attempt.
    await alerts.tick();
    expect(await tried()).to.deep.equal([1, 1, 0]);
    clock.time += 3 * DAY - 1;
    await alerts.tick();
    expect(await tried()).to.deep.equal([2, 1, 0]);
    clock.time += 2 * 60 * MINUTE;
    await alerts.tick();
    // And the one behind it, that it is resolved, is on its way.
    expect(await tried()).to.deep.equal([3, 0, 1]);
    expect((await alerts.log(10)).at(-1)?.sent[0]).to.include({ isDelivered: false, error: 'status 500' });
    hook.status = 410;
    clock.time += 2 * 60 * MINUTE;
    await alerts.tick();
    expect((await alerts.log(10))[0]?.sent[0]).to.include({ isDelivered: false, error: 'status 410' });
  });

  it('look, send and forget by themselves once they are started, and stop in the middle of a message', async () => {
    const hook = await webhookServer();
    hook.status = 0;
    const alerts = alertsOn(store, clock, { retentionDays: 1 });
    const to = idOf(await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: hook.url }));
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, 1, 1);
    clock.at(2.5);
    const stop = alerts.start();
    const [evaluating, delivering, clearing] = [clock.tasks[1], clock.tasks[0], clock.tasks[2]];
    expect(delivering).not.to.equal(undefined);
    evaluating?.();
    await until('a message is on its way', () => hook.received.length === 1);
    clearing?.();
    clock.time += DAY + 1;
    expect(await alerts.log(10)).to.have.length(1);
    clearing?.();
    await until('the log is empty', async () => (await alerts.log(10)).length === 0);
    await stop();
    expect(clock.tasks).to.deep.equal([]);
    const waiting = await store.documents.list(['alert_outbox']);
    expect(waiting).to.have.length(1);
  });

  it('forget when they are started, too: a server may never run for an hour', async () => {
    const before = alertsOn(store, clock, { retentionDays: 1 });
    await before.book.addRule(RULE);
    await requests(store, 1, 1);
    clock.at(2.5);
    await before.tick();
    expect(await before.log(10)).to.have.length(1);
    clock.time += DAY + 1;
    const after = alertsOn(store, clock, { retentionDays: 1 });
    const stop = after.start();
    await until('the log is empty', async () => (await after.log(10)).length === 0);
    await stop();
  });

  it('a destination that does not answer keeps no message to another one', async () => {
    const [dead, well] = [await webhookServer(), await webhookServer()];
    dead.status = 0;
    const alerts = alertsOn(store, clock);
    const rule = async (name: string, url: string): Promise<void> => {
      const to = idOf(await alerts.book.addDestination({ kind: 'slack', name, url }));
      await alerts.book.addRule({ ...RULE, name, destinations: [to] });
    };
    for (let n = 0; n < 9; n += 1) await rule('dead', dead.url);
    await requests(store, 1, 1);
    clock.at(2.5);
    const stop = alerts.start();
    const [delivering, evaluating] = clock.tasks;
    evaluating?.();
    await until('a message is on its way', () => dead.received.length > 0);
    await rule('well', well.url);
    evaluating?.();
    await until('the other is told', () => {
      delivering?.();
      return well.received.length === 1;
    });
    expect((await alerts.log(1))[0]?.ruleName).to.equal('well');
    await stop();
  });

  it('try what waits at once when its destination is changed, or has taken a test', async () => {
    const hook = await webhookServer();
    const lines: string[] = [];
    const alerts = alertsOn(store, clock, { log: (_, line) => void lines.push(line) });
    const to = idOf(
      await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: `${hook.url}/old` }),
    );
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, 1, 1);
    const fail = async (): Promise<void> => {
      hook.status = 500;
      for (let tick = 0; tick < 8; tick += 1) {
        await alerts.tick();
        clock.time += 60 * MINUTE;
      }
      await alerts.tick();
      hook.status = 200;
      hook.received.length = 0;
      await alerts.tick();
      expect(hook.received).to.deep.equal([]);
    };
    clock.at(2.5);
    await fail();
    await alerts.changeDestination(to, { url: `${hook.url}/new` });
    await alerts.tick();
    expect(hook.received.map(({ path }) => path)).to.deep.equal(['/hook/new']);
    await fail();
    await alerts.test(to);
    await alerts.tick();
    expect(hook.received.map(({ body }) => body.text?.includes('test'))).to.deep.equal([true, false]);
    const twice = [`alerts: ${to} takes no message: status 500`, `alerts: ${to} takes messages again`];
    expect(lines).to.deep.equal([...twice, ...twice]);
  });

  it('keep no more than so many messages for a destination that takes none, and no more entries than so many', async () => {
    const alerts = alertsOn(store, clock, {
      send: () => Promise.resolve({ kind: 'failed', reason: 'away' }),
    });
    const to = idOf(
      await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: 'http://a.example' }),
    );
    for (let n = 0; n < 100; n += 1) await alerts.book.addRule({ ...RULE, destinations: [to] });
    for (let minute = 2; minute < 16; minute += 1) {
      if (minute % 2 === 0) await requests(store, minute - 1, 1);
      clock.at(minute);
      clock.time += 30_000;
      await alerts.tick();
    }
    await until('no more wait than may', async () => {
      clock.time += 7 * MINUTE;
      await alerts.tick();
      return (await store.documents.list(['alert_outbox'])).length === MAX_WAITING;
    });
    const entries = await alerts.log(10_000);
    expect(entries).to.have.length(1400);
    const oldest = entries.at(-1);
    expect(oldest?.waiting).to.deep.equal([]);
    expect(oldest?.sent[0]).to.include({
      isDelivered: false,
      error: `more than ${MAX_WAITING} messages wait for its destination`,
    });
    expect(entries[0]?.waiting).to.have.length(1);
    const stop = alerts.start();
    clock.tasks[2]?.();
    await until('the log is short', async () => (await alerts.log(10_000)).length === 1000);
    await stop();
    expect((await store.documents.list(['alert_sent'])).length).to.equal(500);
  });
});
