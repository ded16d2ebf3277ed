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
    const overview: typeof analytics.overview = (query) =>
      isBusy ? Promise.reject(new Error('too busy')) : analytics.overview(query);
    clock.at(YEAR_MINUTES);
    const alerts = alertsOn({ documents, analytics: { ...analytics, overview } }, clock);
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
    expect((await alerts.log(1))[0]?.sent).to.have.nested.property('[0].isDelivered', true);
  });
});
