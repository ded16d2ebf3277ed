// Two servers on one PostgreSQL: each rule fires once, and what a dead one was about to send is sent by the other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import type { Alerts } from '../../dist/alerts/alerts.js';
import { HELD_MILLIS } from '../../dist/alerts/outbox.js';
import type { Analytics } from '../../dist/store/questions/analytics.js';
import type { PostgresStore } from '../../dist/store/postgres/store.js';
import { alertsOn, HandClock, idOf, requests } from '../support/alerts/alerts.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { ask } from '../support/databases/postgres.js';
import { openStore, usePreparedPostgres } from '../support/databases/postgres-store.js';
import { call, server } from '../support/servers/server-fixture.js';
import { webhookServer, type WebhookServer } from '../support/alerts/webhook-server.js';

describe('alerts of several servers on one database', function () {
  this.timeout(30_000);
  const freshDatabase = usePreparedPostgres();
  let url: string;
  let clock: HandClock;
  let hook: WebhookServer;
  let store: PostgresStore;

  async function open(): Promise<PostgresStore> {
    const opened = await openStore(url);
    afterTest(() => opened.close());
    return opened;
  }

  async function add(alerts: Alerts, count: number): Promise<void> {
    const to = idOf(await alerts.book.addDestination({ kind: 'webhook', name: 'ops', url: hook.url }));
    for (let n = 0; n < count; n += 1)
      await alerts.book.addRule({
        name: `r${n}`,
        measure: 'requests',
        above: 0,
        window_minutes: 1,
        recover_windows: 1,
        destinations: [to],
      });
  }

  beforeEach(async () => {
    url = await freshDatabase();
    hook = await webhookServer();
    clock = new HandClock();
    store = await open();
  });

  it('S28 fire once, and are resolved once, whichever of them looks', async () => {
    let questions = 0;
    const node = ({ documents, analytics }: PostgresStore): Alerts => {
      const totals: Analytics['totals'] = (query) => {
        questions += 1;
        return analytics.totals(query);
      };
      return alertsOn({ documents, analytics: { totals } as Analytics }, clock);
    };
    const nodes = [node(store), node(await open()), node(await open())];
    await add(nodes[0] as Alerts, 5);
    await requests(store, 1, 1);
    for (const minute of [2, 3, 4]) {
      clock.at(minute);
      clock.time += 30_000;
      for (let round = 0; round < 3; round += 1) await Promise.all(nodes.map((each) => each.tick()));
    }
    const told = hook.received.map(({ body }) => `${body.data.text.slice(0, 2)} ${body.type}`).sort();
    expect(told).to.deep.equal(
      [0, 1, 2, 3, 4].flatMap((n) => [`r${n} alert.firing`, `r${n} alert.resolved`]).sort(),
    );
    expect(new Set(hook.received.map(({ headers }) => headers['webhook-id']))).to.have.length(10);
    const evaluations = nodes.map(({ counts }) => counts.evaluations.done);
    expect(evaluations.reduce((sum, each) => sum + each)).to.equal(15);
    // Each window is looked at by one of them.
    expect(questions).to.equal(15);
  });

  it('S28 are told by another one when the one that was about to tell them is killed, under the same id', async () => {
    const alerts = alertsOn(store, clock);
    await add(alerts, 1);
    await requests(store, 1, 1);
    hook.status = 0;
    const child = fileURLToPath(new URL('../support/alerts/alerts-child.js', import.meta.url));
    const node = spawn(process.execPath, [child, url, String(clock.time + 150_000)], { stdio: 'inherit' });
    afterTest(() => node.kill('SIGKILL'));
    await until('the message is on its way', () => hook.received.length === 1, 20_000);
    node.kill('SIGKILL');
    await once(node, 'exit');
    hook.status = 200;
    clock.at(2);
    clock.time += 30_000;
    await alerts.tick();
    expect(hook.received).to.have.length(1);
    clock.time += HELD_MILLIS;
    await alerts.tick();
    expect(hook.received).to.have.length(2);
    expect(hook.received[1]?.headers['webhook-id']).to.equal(hook.received[0]?.headers['webhook-id']);
    expect(hook.received[1]?.text).to.equal(hook.received[0]?.text);
    expect((await alerts.log(10)).at(-1)?.sent[0]).to.include({ isDelivered: true, attempts: 2 });
  });

  it('and thresholds are answered with 503 while the database is away, and as before when it is back', async () => {
    const running = await server({ store });
    const name = new URL(url).pathname.slice(1);
    const other = new URL(url);
    other.pathname = '/postgres';
    const allow = async (isAllowed: boolean): Promise<void> => {
      await ask(other.href, `ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${isAllowed}`);
    };
    const ways: readonly (readonly [string, RequestInit])[] = [
      ['/api/alerts', {}],
      ['/api/alerts/log', {}],
      ['/api/alerts', { method: 'POST', body: JSON.stringify({ name: 'r', measure: 'new_error_type' }) }],
      ['/api/apdex-thresholds', {}],
    ];
    const statuses = async (): Promise<readonly number[]> => {
      const answers = await Promise.all(
        ways.map(([path, init]) =>
          call(running.url + path, { ...init, headers: { 'content-type': 'application/json' } }),
        ),
      );
      return answers.map(({ status }) => status);
    };
    await allow(false);
    try {
      await ask(
        other.href,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
      await until('it is gone', async () =>
        (await statuses()).every((status) => status !== 200 && status !== 201),
      );
      expect(await statuses()).to.deep.equal([503, 503, 503, 503]);
    } finally {
      await allow(true);
    }
    await until('it is back', async () => (await statuses()).join() === '200,200,201,200');
  });
});
