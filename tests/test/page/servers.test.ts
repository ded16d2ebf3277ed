// Servers that share a database: the page of each shows all of them, and what is the matter with those that are not at work.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import type { Page } from 'playwright-core';
import { ask } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { describeOnPostgres, openStoreAt } from '../support/each-store.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const OPTIONS = { port: 0, host: '127.0.0.1', signIn: false };
/** Several of the times at which servers say that they are there. */
const HEARD_MILLIS = 40_000;

/** Rows of the table, cells as they are seen. */
async function rowsOf(page: Page): Promise<string[][]> {
  return page
    .locator('table.servers tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? '')),
    );
}

describeOnPostgres('servers', (freshDatabase) => {
  let url: string;
  let one: CerberusServer;
  let other: CerberusServer;

  before(async function () {
    this.timeout(90_000);
    url = await freshDatabase();
    one = await startServer({ ...OPTIONS, store: await openStoreAt(url) });
    other = await startServer({ ...OPTIONS, store: await openStoreAt(url) });
    await store(other, ...shopTraffic(Date.now()));
    // The page asks again after a while only.
    await until(
      'both say what they do',
      async () =>
        (await ask(url, 'SELECT 1 FROM nodes HAVING count(*) = 2 AND max(events) = 60')).length === 1,
      HEARD_MILLIS,
    );
    await ask(
      url,
      `INSERT INTO nodes (node, name, version, started_at, seen_at, is_stopped, unready, connections, events, events_per_second)
       SELECT name, name, version, now() - interval '2 days', now() + ago::interval, is_stopped, unready, 7, 1234567, 7
       FROM (VALUES ('a-new-one:8765', '9.9.9', '1 hour', false, 'too far behind'),
                    ('dead:8765', '0.1.0', '-3 minutes', false, NULL),
                    ('ended:8765', '0.1.0', '-5 minutes', true, NULL)) AS v(name, version, ago, is_stopped, unready)`,
    );
  });

  after(async () => {
    await one.close();
    await other.close();
  });

  it('are shown with their state, at each of them', async () => {
    for (const server of [one, other]) {
      const { page, problems } = await openPage(server, '?view=sources');
      const panel = page.getByRole('region', { name: 'Servers' });
      const mine = `${hostname()}:${server.port}`;
      const row = panel.locator('tr', { hasText: `${hostname()}:${other.port}` });
      await row.locator('td[title="60"]').waitFor();
      await panel.getByText(`${mine} (this one)`).waitFor();
      const rows = await rowsOf(page);
      const here = rows.find(([name]) => name?.startsWith(`${hostname()}:`))?.[2] ?? '';
      const seen = rows.map(([name = '', state = '', version = '']) => [
        name.replace(' (this one)', ''),
        state.replace(/\d+\u202Fmin/, 'some minutes'),
        version,
      ]);
      expect(seen.slice(0, 3)).to.have.deep.members([
        ['a-new-one:8765', 'not ready: too far behind', `9.9.9 (here ${here})`],
        ...[one, other].map(({ port }) => [`${hostname()}:${port}`, 'ready', here]),
      ]);
      expect(seen.slice(3), 'those that are not at work').to.deep.equal([
        ['dead:8765', 'silent, last seen some minutes ago', here],
        ['ended:8765', 'stopped some minutes ago', here],
      ]);
      expect(await panel.locator('td.bad, .bad').allInnerTexts()).to.have.length(2);
      expect(problems).to.deep.equal([]);
    }
  });

  it('break no rule of accessibility, in either theme, and fit into 360 px', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page, problems } = await openPage(one, '?view=sources', { width: 1440 });
    await page.locator('table.servers tbody tr').nth(4).waitFor();
    await page.evaluate(axe);
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.locator(`html[data-theme="${theme}"]`).waitFor();
        await takePicture(page, `servers-${width}-${theme}`);
        expect(await violations(page), `${width} ${theme}`).to.deep.equal([]);
      }
      await untilItFits(page, width);
    }
    expect(problems).to.deep.equal([]);
  });
});

describeInBrowser('a server that has its database for itself', () => {
  it('shows no list of servers', async () => {
    const server = await startServer({ ...OPTIONS, db: ':memory:' });
    try {
      await store(server, ...shopTraffic(Date.now()));
      const { page } = await openPage(server, '?view=sources');
      const answered = page.waitForResponse((response) => response.url().includes('/api/nodes'));
      await page.reload();
      await answered;
      await page.locator('table.sources tbody tr').first().waitFor();
      expect(await page.getByRole('region', { name: 'Servers' }).count()).to.equal(0);
      expect(await page.locator('table.servers').count()).to.equal(0);
    } finally {
      await server.close();
    }
  });
});
