// What alerts do where the clock was wrong, and is set right.
import { expect } from 'chai';

import type { Alerts } from '../../dist/alerts/alerts.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { alertsOn, HandClock, idOf, requests } from '../support/alerts/alerts.js';
import { webhookServer } from '../support/alerts/webhook-server.js';

const RULE = { name: 'r', measure: 'requests', above: 0, window_minutes: 1, recover_windows: 1 };
const YEAR_MINUTES = 60 * 24 * 365;

describe('alerts, after a clock that was ahead is set back,', () => {
  let store: MemoryStore;
  let clock: HandClock;

  beforeEach(() => {
    store = new MemoryStore();
    clock = new HandClock();
  });

  /** A tick some minutes and 30 s after the start, when the window that ends with the minute may be looked at. */
  async function minute(alerts: Alerts, count: number): Promise<void> {
    clock.at(count + 0.5);
    await alerts.tick();
  }

  const told = async (alerts: Alerts): Promise<number> => (await alerts.log(1000)).length;

  it('look at rules that they had looked at', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule(RULE);
    await minute(alerts, 60 * 24 * 3);
    await requests(store, 2, 1);
    await minute(alerts, 3);
    expect(await told(alerts)).to.equal(1);
  });

  it('look at rules of which a question failed then, also where it was ahead since the start', async () => {
    let isBusy = true;
    const { documents, analytics } = store;
    const totals: typeof analytics.totals = (query) =>
      isBusy ? Promise.reject(new Error('too busy')) : analytics.totals(query);
    clock.at(YEAR_MINUTES);
    const alerts = alertsOn({ documents, analytics: { ...analytics, totals } }, clock);
    await alerts.book.addRule(RULE);
    await minute(alerts, YEAR_MINUTES + 5);
    expect(alerts.counts.evaluations.failed).to.equal(1);
    isBusy = false;
    await minute(alerts, 2);
    await requests(store, 3, 1);
    await minute(alerts, 4);
    expect(await told(alerts)).to.equal(1);
  });

  it('look at rules where it was set back before the first look', async () => {
    clock.at(YEAR_MINUTES);
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule(RULE);
    await minute(alerts, 2);
    await requests(store, 3, 1);
    await minute(alerts, 4);
    expect(await told(alerts)).to.equal(1);
  });

  for (const back of [10, 30, 59, 61]) {
    it(`look at rules at once where it was ${back} minutes ahead, and tell nothing again`, async () => {
      const alerts = alertsOn(store, clock);
      await alerts.book.addRule(RULE);
      await alerts.book.addRule({ ...RULE, name: 'posts', filter: { method: 'POST' } });
      await requests(store, 101, 1);
      for (const at of [100, 101, 102]) await minute(alerts, at);
      expect(await told(alerts)).to.equal(1);
      await requests(store, 102 - back, 1);
      await minute(alerts, 103 - back);
      expect(await told(alerts)).to.equal(1);
      await requests(store, 103 - back, 1, { method: 'POST' });
      await minute(alerts, 104 - back);
      expect(await told(alerts)).to.equal(2);
      await minute(alerts, 105 - back);
      const types = (await alerts.log(1000)).map(({ payload }) => payload.type).sort();
      expect(types).to.deep.equal(
        ['firing', 'firing', 'resolved', 'resolved'].map((each) => `alert.${each}`),
      );
    });
  }

  it('take what fired in a window that is not over yet for calm no sooner, and no later, than their windows say', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ ...RULE, recover_windows: 3 });
    await requests(store, 101, 1);
    for (const at of [100, 101, 102, 103]) await minute(alerts, at);
    const counts: number[] = [];
    for (const at of [60, 61, 62]) {
      await minute(alerts, at);
      counts.push(await told(alerts));
    }
    expect(counts).to.deep.equal([1, 1, 2]);
  });

  it('do not take turns with a server whose clock stays ahead', async () => {
    const ahead = new HandClock();
    const [alerts, other] = [alertsOn(store, clock), alertsOn(store, ahead)];
    await alerts.book.addRule(RULE);
    for (let at = 2; at < 60; at += 1) {
      await requests(store, at - 1, 1);
      ahead.at(at + 20.5);
      await other.tick();
      await minute(alerts, at);
    }
    expect(await told(alerts)).to.be.below(4);
    expect(alerts.counts.evaluations.done + other.counts.evaluations.done).to.be.below(62);
  });

  it('know of types of errors that were seen then for no longer than of others', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ name: 'types', measure: 'new_error_type', window_minutes: 1 });
    const WEEK_MINUTES = 7 * 24 * 60;
    await requests(store, 3 * WEEK_MINUTES, 1, { errorType: 'Gone' });
    await minute(alerts, 3 * WEEK_MINUTES);
    await minute(alerts, 3 * WEEK_MINUTES + 1);
    expect(await told(alerts)).to.equal(1);
    await minute(alerts, 3);
    await minute(alerts, WEEK_MINUTES + 5);
    await requests(store, WEEK_MINUTES + 6, 1, { errorType: 'Gone' });
    await minute(alerts, WEEK_MINUTES + 7);
    expect(await told(alerts)).to.equal(2);
  });

  it('send a summary once where it came a moment before', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ name: 'day', measure: 'summary', schedule: '0 13 * * *' });
    for (const at of [50, 60, 10, 59, 60]) await minute(alerts, at);
    expect(await told(alerts)).to.equal(1);
  });

  it('send what nobody had tried yet', async () => {
    const hook = await webhookServer();
    const alerts = alertsOn(store, clock);
    const to = idOf(await alerts.book.addDestination({ kind: 'webhook', name: 'ops', url: hook.url }));
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, 101, 1);
    let isAway = true;
    const { documents, analytics } = store;
    const change: typeof documents.change = (changes) => documents.change(changes);
    const list: typeof documents.list = async (kinds) => {
      if (isAway && kinds.includes('alert_outbox')) throw new Error('away');
      return documents.list(kinds);
    };
    const other = alertsOn({ analytics, documents: { list, change } }, clock);
    for (const at of [100, 102]) {
      clock.at(at + 0.5);
      await other.tick();
    }
    expect(hook.received).to.have.length(0);
    isAway = false;
    clock.at(42.5);
    await other.tick();
    expect(hook.received).to.have.length(1);
  });

  it('send what was to be tried again then', async () => {
    const hook = await webhookServer();
    hook.status = 503;
    const alerts = alertsOn(store, clock);
    const to = idOf(await alerts.book.addDestination({ kind: 'webhook', name: 'ops', url: hook.url }));
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, YEAR_MINUTES + 1, 1);
    await minute(alerts, YEAR_MINUTES + 2);
    expect(hook.received).to.have.length(1);
    hook.status = 200;
    await minute(alerts, 5);
    expect(hook.received).to.have.length(2);
    expect((await alerts.log(10)).at(-1)?.sent).to.have.nested.property('[0].isDelivered', true);
  });
});
