// What alerts do where something else has changed or stood still: rules, files, clocks, and the server itself.
import { expect } from 'chai';

import { NO_FILE, type AlertFile } from '../../dist/alerts/alert-file.js';
import type { Alerts } from '../../dist/alerts/alerts.js';
import { MAX_FIRING } from '../../dist/alerts/rules/evaluation.js';
import { HELD_MILLIS } from '../../dist/alerts/outbox.js';
import { parseRule } from '../../dist/alerts/rules/checks.js';
import type { Rule } from '../../dist/alerts/rules/rule.js';
import type { DocumentChange } from '../../dist/store/documents.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { alertsOn, HandClock, idOf, MINUTE, requests } from '../support/alerts/alerts.js';
import { START } from '../support/events/events.js';
import { webhookServer } from '../support/alerts/webhook-server.js';
import { until, within } from '@cerberus-otel/test-support/deadline';

const RULE = { name: 'r', measure: 'requests', above: 0, window_minutes: 1, recover_windows: 1 };
const WEEK = { name: 'week', measure: 'summary', schedule: '0 8 * * 1' };

describe('alerts between changes', () => {
  let store: MemoryStore;
  let clock: HandClock;

  beforeEach(() => {
    store = new MemoryStore();
    clock = new HandClock();
  });

  function fileOf(rule: object): AlertFile {
    // What is no rule is a text, which ends the test.
    return { ...NO_FILE, rules: new Map([['file-r', parseRule(rule) as Rule]]) };
  }

  async function tick(alerts: Alerts, time: number | string): Promise<void> {
    clock.time = typeof time === 'string' ? Date.parse(time) : time;
    await alerts.tick();
  }

  /** A tick some minutes and 30 s after the start, when the window that ends with the minute may be looked at. */
  async function minute(alerts: Alerts, count: number): Promise<void> {
    clock.at(count + 0.5);
    await alerts.tick();
  }

  const told = async (alerts: Alerts): Promise<readonly string[]> =>
    (await alerts.log(1000)).map(({ payload }) => payload.data.text).toReversed();

  it('a summary whose schedule is changed, or that was paused when it came, comes the next time', async () => {
    const alerts = alertsOn(store, clock);
    const id = idOf(await alerts.book.addRule(WEEK));
    await tick(alerts, '2025-03-02T08:00:00Z');
    await tick(alerts, '2025-03-03T08:00:01Z');
    expect(await told(alerts)).to.have.length(1);
    // Tuesday at eight has been this week, and nobody had asked for it.
    clock.time = Date.parse('2025-03-06T12:00:00Z');
    await alerts.book.changeRule(id, { ...WEEK, schedule: '0 8 * * 2' });
    await alerts.tick();
    await alerts.tick();
    expect(await told(alerts)).to.have.length(1);
    await alerts.book.changeRule(id, { ...WEEK, schedule: '0 8 * * 2', paused: true });
    await tick(alerts, '2025-03-11T08:00:01Z');
    await alerts.book.changeRule(id, { ...WEEK, schedule: '0 8 * * 2' });
    await tick(alerts, '2025-03-12T08:00:01Z');
    expect(await told(alerts)).to.have.length(1);
    await tick(alerts, '2025-03-18T08:00:01Z');
    expect(await told(alerts)).to.have.length(2);
  });

  it('a rule of the file that is about something else after a restart begins anew, and one that is only renamed goes on', async () => {
    await requests(store, 2, 1);
    const first = alertsOn(store, clock, { file: fileOf(RULE) });
    await minute(first, 3);
    expect(await told(first)).to.have.length(1);
    clock.at(3);
    const renamed = alertsOn(store, clock, { file: fileOf({ ...RULE, name: 'renamed' }) });
    await minute(renamed, 4);
    expect((await told(renamed)).at(-1)).to.match(/^renamed: resolved/);
    await requests(store, 5, 1);
    await minute(renamed, 6);
    expect(await told(renamed)).to.have.length(3);
    clock.at(6);
    const other = alertsOn(store, clock, { file: fileOf({ ...RULE, filter: { client_id: 'other' } }) });
    await minute(other, 7);
    await minute(other, 8);
    expect(await told(other)).to.have.length(3);
    expect((await other.rules())[0]?.state?.firing).to.deep.equal({});
  });

  it('a destination of the file that is gone is named in the log, and its rule can be changed', async () => {
    const hook = await webhookServer();
    const destinations = new Map([['file-ops', { kind: 'slack', name: 'ops', url: hook.url } as const]]);
    const before = alertsOn(store, clock, { file: { ...NO_FILE, destinations } });
    const rule = { ...RULE, destinations: ['file-ops'] };
    const id = idOf(await before.book.addRule(rule));
    const after = alertsOn(store, clock);
    await requests(store, 2, 1);
    await minute(after, 3);
    const [entry] = await after.log(1);
    expect(entry?.waiting.map(({ destinationName, error }) => [destinationName, error])).to.deep.equal([
      ['file-ops', 'the destination is in no file here'],
    ]);
    expect(await after.book.changeRule(id, { ...rule, paused: true })).to.include({ id });
    expect(await after.book.addRule(rule)).to.include({ kind: 'invalid' });
    // However often the one without it looks, the one that has it sends at once.
    for (let round = 0; round < 5; round += 1) {
      clock.time += 10_000;
      await after.tick();
    }
    await before.tick();
    expect(hook.received).to.have.length(1);
    expect((await after.log(1))[0]?.sent[0]).to.include({ isDelivered: true, attempts: 2 });
  });

  it('a rule that is looked at while it is changed is changed all the same', async () => {
    const alerts = alertsOn(
      {
        analytics: store.analytics,
        documents: {
          list: async (kinds) => {
            const found = await store.documents.list(kinds);
            const state = found.find(({ kind }) => kind === 'alert_state');
            // Another server claims a window between what is read and what is written, twice.
            if (kinds.includes('alert_rule') && state !== undefined && claims.pop())
              await store.documents.change([state]);
            return found;
          },
          change: (changes) => store.documents.change(changes),
        },
      },
      clock,
    );
    const id = idOf(await alerts.book.addRule(RULE));
    await minute(alerts, 3);
    const claims = [true, true];
    expect(await alerts.book.changeRule(id, { ...RULE, filter: { client_id: 'x' } })).to.include({ id });
    expect(claims).to.deep.equal([]);
    await minute(alerts, 4);
    claims.push(true, true);
    expect(await alerts.book.removeRule(id)).to.equal(undefined);
  });

  it('a server that stood still looks at nothing before it may have received what was sent meanwhile', async () => {
    let looks = 0;
    const documents = {
      list: (kinds: readonly string[]) => {
        if (kinds.includes('alert_state')) looks += 1;
        return store.documents.list(kinds);
      },
      change: store.documents.change.bind(store.documents),
    };
    const alerts = alertsOn({ analytics: store.analytics, documents }, clock);
    await alerts.book.addRule({ ...RULE, above: undefined, below: 1 });
    for (const at of [1, 10, 11]) await requests(store, at, 1);
    clock.at(2.5);
    const stop = alerts.start();
    const [, evaluating] = clock.tasks;
    const lookAt = async (count: number): Promise<number> => {
      const before = looks;
      clock.at(count);
      evaluating?.();
      await until('it has looked', () => looks > before);
      return alerts.counts.evaluations.done;
    };
    expect(await lookAt(2.5)).to.equal(1);
    expect(await lookAt(10.5)).to.equal(1);
    expect(await lookAt(10.9)).to.equal(1);
    expect(await lookAt(11.3)).to.equal(1);
    expect(await lookAt(11.6)).to.equal(2);
    await stop();
    expect(await told(alerts)).to.deep.equal([]);
  });

  for (const [what, lastSeen, lastLook, fired] of [
    ['that nobody was there to receive anything is no silence', 1, 3, { silent: 70, few: 90 }],
    ['a server that takes over from another one tells of silence in time', 50, 59, { silent: 62, few: 81 }],
  ] as const)
    it(what, async () => {
      const first = alertsOn(store, clock);
      await first.book.addRule({ name: 'silent', measure: 'silent_source', above: 10 });
      await first.book.addRule({ name: 'few', measure: 'requests', below: 1, window_minutes: 30 });
      for (let at = -5; at <= lastSeen; at += 1) await requests(store, at, 1);
      for (let at = 2; at <= lastLook; at += 1) await minute(first, at);
      expect(await told(first)).to.deep.equal([]);
      clock.at(60);
      const second = alertsOn(store, clock);
      for (let at = 61; at < 100; at += 1) await minute(second, at);
      const found = (await second.log(10)).map(({ ruleName, payload }) => [
        ruleName,
        (Date.parse(payload.timestamp) - START) / MINUTE,
      ]);
      expect(Object.fromEntries(found)).to.deep.equal(fired);
    });

  it('a rule that is new where its server is does not take the time before both for silence', async () => {
    const file = fileOf({ name: 'few', measure: 'requests', below: 1, window_minutes: 30 });
    const alerts = alertsOn(store, clock, { file });
    for (let at = 1; at < 30; at += 1) await minute(alerts, at);
    expect(await told(alerts)).to.deep.equal([]);
    await minute(alerts, 30);
    expect(await told(alerts)).to.have.length(1);
  });

  it('new types of errors that are too many to be told at once are told later, where they are seen again', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ name: 'n', measure: 'new_error_type', window_minutes: 1 });
    const types = Array.from({ length: MAX_FIRING + 5 }, (_, n) => `Error${n}`);
    for (const at of [2, 3, 4])
      for (const errorType of types) await requests(store, at, 1, { statusCode: 500, errorType });
    await minute(alerts, 3);
    expect(await told(alerts)).to.have.length(MAX_FIRING);
    await minute(alerts, 4);
    await minute(alerts, 5);
    const all = await told(alerts);
    expect(all).to.have.length(types.length);
    for (const type of types) expect(all.filter((text) => text.includes(`(${type})`))).to.have.length(1);
  });

  it('a summary that cannot be made is tried again a minute later, not at once, and the log says so once', async () => {
    let tries = 0;
    const lines: string[] = [];
    const overview = (): Promise<never> => {
      tries += 1;
      return Promise.reject(new Error('too busy'));
    };
    const alerts = alertsOn(
      { documents: store.documents, analytics: { ...store.analytics, overview } },
      clock,
      { log: (_, line) => void lines.push(line) },
    );
    const id = idOf(await alerts.book.addRule(WEEK));
    await tick(alerts, '2025-03-02T08:00:00Z');
    const due = Date.parse('2025-03-03T08:00:01Z');
    for (const seconds of [0, 5, 10, 55, 60, 65]) await tick(alerts, due + seconds * 1000);
    expect(tries).to.equal(2);
    expect(lines).to.deep.equal([`alerts: the rule ${id} cannot be looked at: Error`]);
  });

  it('what is gone is told to nobody, and the log says that it is', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ name: 's', measure: 'silent_source', above: 10 });
    await requests(store, 0, 1, { clientId: 'a' });
    await minute(alerts, 12);
    await minute(alerts, 60 * 24 * 8);
    expect((await told(alerts)).at(-1)).to.equal(
      's (a): gone, or silent for 7 days, and not looked at any more',
    );
  });

  it('a server that stood still between taking a message and sending it leaves it to whoever has it by then', async () => {
    const hook = await webhookServer();
    let stands = true;
    const documents = {
      list: store.documents.list.bind(store.documents),
      change: async (changes: readonly DocumentChange[]) => {
        const isDone = await store.documents.change(changes);
        const takes = changes.some(({ kind, version }) => kind === 'alert_outbox' && version > 0);
        if (takes && stands) clock.time += HELD_MILLIS;
        return isDone;
      },
    };
    const alerts = alertsOn({ analytics: store.analytics, documents }, clock);
    const to = idOf(await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: hook.url }));
    await alerts.book.addRule({ ...RULE, destinations: [to] });
    await requests(store, 2, 1);
    await minute(alerts, 3);
    expect(hook.received).to.have.length(0);
    stands = false;
    await alerts.tick();
    expect(hook.received).to.have.length(1);
  });

  it('all that waits is tried at once when its destination is changed, also where another server is at one of it', async () => {
    const { documents, analytics } = store;
    let isOther = false;
    const change = async (changes: readonly DocumentChange[]): Promise<boolean> => {
      if (isOther && changes.length === 2) {
        isOther = false;
        await documents.change(changes.slice(0, 1));
      }
      return documents.change(changes);
    };
    const list: typeof documents.list = (kinds) => documents.list(kinds);
    const alerts = alertsOn({ analytics, documents: { list, change } }, clock);
    const hook = await webhookServer();
    hook.status = 500;
    const to = idOf(await alerts.book.addDestination({ kind: 'slack', name: 'chat', url: hook.url }));
    for (const name of ['one', 'two']) await alerts.book.addRule({ ...RULE, name, destinations: [to] });
    await requests(store, 1, 1);
    clock.at(2.5);
    for (let tries = 0; tries < 8; tries += 1) {
      await alerts.tick();
      clock.time += 60 * MINUTE;
    }
    await alerts.tick();
    hook.status = 200;
    hook.received.length = 0;
    isOther = true;
    await alerts.changeDestination(to, { name: 'the chat' });
    expect(isOther).to.equal(false);
    await alerts.tick();
    expect(hook.received).to.have.length(2);
  });

  it('one silent application is told of beside a thousand that are not', async () => {
    const alerts = alertsOn(store, clock);
    await alerts.book.addRule({ name: 'silent', measure: 'silent_source', above: 5 });
    for (let n = 0; n < 1001; n += 1) await requests(store, n === 0 ? 1 : 9, 1, { clientId: `app-${n}` });
    await minute(alerts, 10);
    expect(await told(alerts)).to.deep.equal(['silent (app-0): nothing from app-0 for 8 min']);
  });

  it('a server that stops waits for no receiver that is being tested, and says so', async () => {
    const hook = await webhookServer();
    hook.status = 0;
    const alerts = alertsOn(store, clock);
    const id = idOf(await alerts.book.addDestination({ kind: 'webhook', name: 'ops', url: hook.url }));
    const stop = alerts.start();
    const tested = alerts.test(id);
    await until('it is on its way', () => hook.received.length === 1);
    await stop();
    const result = await within('the end of the test', tested, 5000);
    expect(result).to.deep.equal({ kind: 'failed', reason: 'the server stops' });
  });
});
