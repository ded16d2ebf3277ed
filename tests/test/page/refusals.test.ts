// A server that refuses to answer: each part of each view says why, and asks again when the reader wants it to.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { releasedTraffic, shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'the-own-token';
const ENDPOINT = 'view=endpoint&method=POST&endpoint=%2Fcheckout&client_id=shop';
const RELEASE = 'open_release=1.4.2&open_release_of=web';

/** A part of a view, and the question that it answers. */
const PARTS: readonly (readonly [query: string, question: string, part: string])[] = [
  ['', 'api/endpoints', 'Endpoints'],
  ['', 'api/clients', 'Top clients'],
  [RELEASE, 'api/releases', 'Release 1.4.2 of web'],
  [RELEASE, 'api/values', 'Release 1.4.2 of web'],
  [RELEASE, 'api/endpoints', 'Release 1.4.2 of web'],
  [ENDPOINT, 'api/events', 'Latest requests'],
  [ENDPOINT, 'api/custom-metrics', 'Metrics'],
  [ENDPOINT, 'api/custom-metrics/detail', 'amount'],
  ['view=errors', 'api/values', 'By status'],
  ['view=latency', 'api/week', 'Hours of the week'],
  ['view=live', 'api/events', 'Requests'],
  ['view=sources', 'api/nodes', 'Servers'],
  ['view=alerts', 'api/alerts/log', 'What happened'],
  ['view=tokens', 'api/shares', 'Share links'],
];

/** Views, each with what is in it once it is answered. */
const VIEWS: readonly (readonly [query: string, content: string])[] = [
  ['', 'table.endpoints tbody tr'],
  [ENDPOINT, '.charted'],
  ['view=requests', 'table.requests tbody tr'],
  ['view=requests&id=1', '.request-detail .facts'],
  ['view=errors', 'table.errors tbody tr'],
  ['view=latency', '.heatmap canvas'],
  ['view=compare&against_client_id=web', '.side .charted'],
  ['view=consumers&by=client', 'table.consumers tbody tr'],
  ['view=metrics', '.metric-detail'],
  ['view=sources', 'table.sources tbody tr'],
  ['view=alerts', '.rule-form'],
  ['view=tokens', 'table.tokens tbody tr'],
];

describeInBrowser('a view that the server refuses to answer', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    const now = Date.now();
    const web = releasedTraffic(now).map((event) => ({ ...event, client_id: 'web' }));
    await store(server, ...shopTraffic(now), ...web);
    const authorization = `Bearer ${TOKEN}`;
    const body = JSON.stringify({ name: 'reader', purpose: 'read' });
    const headers = { authorization, 'content-type': 'application/json' };
    await fetch(`${server.url}/api/tokens`, { method: 'POST', headers, body });
  });

  after(() => server.close());

  /** A page that is signed in, and the questions that it is refused from now on. */
  async function refusedPage(): Promise<{
    page: Page;
    refuse: (status: number, ...paths: string[]) => void;
  }> {
    let refused: readonly string[] = [];
    let code = 503;
    const { page } = await openPage(server);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.route('**/api/**', (route) => {
      const path = new URL(route.request().url()).pathname.slice(1);
      const isRefused = refused.includes(path) || (refused.includes('*') && path !== 'api/session');
      if (!isRefused) return route.continue();
      return route.fulfill({ status: code, json: { error: `not now (${code})` } });
    });
    return {
      page,
      refuse: (status, ...paths) => {
        [code, refused] = [status, paths];
      },
    };
  }

  const go = (page: Page, query: string): Promise<unknown> =>
    page.goto(`${server.url}/?range=24h&refresh=off&${query}`);

  async function askAgain(page: Page): Promise<void> {
    const again = page.getByRole('button', { name: 'Ask again' });
    await until('nothing is refused any more', async () => {
      if ((await again.count()) === 0) return true;
      await again
        .first()
        .click({ timeout: 1000 })
        .catch(() => undefined);
      return false;
    });
  }

  it('says why in the place of what it is about, and shows it when it is asked again', async () => {
    const { page, refuse } = await refusedPage();
    for (const [index, [query, content]] of VIEWS.entries()) {
      const status = [503, 429, 400][index % 3] ?? 503;
      refuse(status, '*');
      await go(page, query);
      await page.getByRole('alert').getByText(`ot now (${status})`).first().waitFor();
      await until(`nothing is said to be on its way: ${query}`, async () => {
        return (await page.getByText('Loading…').count()) === 0;
      });
      expect(await page.locator(content).count(), `${content} of ${query}`).to.equal(0);
      if (index === 0) await takePicture(page, 'refused-view-1280-light');
      refuse(200);
      await askAgain(page);
      await page.locator(content).first().waitFor();
    }
  });

  it('does so for each of its parts alone', async () => {
    const { page, refuse } = await refusedPage();
    for (const [query, question, part] of PARTS) {
      refuse(503, question);
      await go(page, query);
      const region = page.getByRole('region', { name: part, exact: true });
      await region.getByRole('alert').getByText('Not now (503).').first().waitFor();
      await until(`${part} does not wait for an answer`, async () => {
        return (await region.getByText('Loading…').count()) === 0;
      });
      if (part === 'Top clients' || part === 'Release 1.4.2 of web')
        await takePicture(page, `refused-${question.replaceAll('/', '-')}-1280-light`);
      if (part === 'Top clients') {
        await page.evaluate(
          await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
        );
        expect(await violations(page)).to.deep.equal([]);
      }
      refuse(200);
      await askAgain(page);
    }
  });

  it('is asked again by itself where no server answered at all', async () => {
    const { page } = await refusedPage();
    await go(page, RELEASE);
    await page.getByRole('region', { name: 'Release 1.4.2 of web' }).locator('table').first().waitFor();
    await page.route('**/api/**', (route) => route.abort());
    await page.getByRole('button', { name: 'Close' }).click();
    await page.goBack();
    await page.getByText('The server does not answer.').waitFor();
    await page.unroute('**/api/**');
    await page.getByRole('region', { name: 'Release 1.4.2 of web' }).locator('table').first().waitFor();
  });

  it('says so where it is not even said who is reading, as by a proxy that lets nobody in', async () => {
    const open = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    try {
      let mayEnter = false;
      const { page } = await openPage(open, '?since=2025-01-01T00:00:00Z&until=2025-01-02T00:00:00Z', {
        prepare: async (prepared) => {
          await prepared.route(/\/api\/session$/, (route) =>
            mayEnter ? route.continue() : route.fulfill({ status: 403, body: 'no entry' }),
          );
        },
      });
      const refused = page.getByRole('main').getByRole('alert');
      await refused.getByText('status 403').waitFor();
      mayEnter = true;
      await refused.getByRole('button', { name: 'Ask again' }).click();
      await page.getByRole('heading', { name: 'No requests yet' }).waitFor();
    } finally {
      await open.close();
    }
  });
});
