// An endpoint gets a threshold of Apdex of its own: an administrator sets it, everybody sees it, and it can be taken back.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'the-own-token';
const REPORT = '?view=latency&range=15m&refresh=off&client_id=shop&method=GET&endpoint=%2Freports%2F%3Aid';
const LIST = '?range=15m&refresh=off&client_id=shop&sort=apdex';
const THIN = '\u202F';

describeInBrowser('a threshold of an endpoint', () => {
  let server: CerberusServer;
  let axe: string;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    const at = (index: number): string => new Date(Date.now() - 30_000 - index * 1000).toISOString();
    await store(
      server,
      ...Array.from({ length: 20 }, (_, index) => ({
        client_id: 'shop',
        endpoint: `/reports/${index}`,
        route: '/reports/:id',
        latency_ms: 2500,
        timestamp: at(index),
      })),
      ...Array.from({ length: 20 }, (_, index) => ({
        client_id: 'shop',
        endpoint: '/prices',
        route: '/prices',
        latency_ms: 100,
        timestamp: at(index),
      })),
    );
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  after(() => server.close());

  async function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${server.url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.ok, `${method} ${path}: ${response.status}`).to.equal(true);
    return (await response.json()) as Record<string, unknown>;
  }

  async function signIn(page: Page, token = TOKEN): Promise<void> {
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** What the list says of Apdex, the worst first. */
  async function listed(page: Page): Promise<string> {
    await page.locator('table.endpoints tbody td:last-child').first().waitFor();
    const cells = await page.locator('table.endpoints tbody td:last-child').allInnerTexts();
    return cells.map((text) => text.replaceAll(/\s+/g, ' ')).join(', ');
  }

  const apdexOf = (page: Page) => page.getByRole('region', { name: 'Apdex' });

  it('is set in the view of its latencies, is in the list after a reload, and is taken back', async () => {
    const { page, problems } = await openPage(server, LIST, { width: 1440 });
    await signIn(page);
    expect(await listed(page)).to.equal('0, 1');
    await page.locator('table.endpoints tbody tr').first().locator('td').last().getByRole('link').click();
    const apdex = apdexOf(page);
    await apdex.getByText(`0 of 20 within 500${THIN}ms`).waitFor();
    await apdex.getByLabel('Own threshold').fill('0');
    await apdex.getByRole('button', { name: 'Set for everybody' }).click();
    await apdex.getByText('`threshold_ms` must be a whole number').waitFor();
    await apdex.getByLabel('Own threshold').fill('3000');
    await page.keyboard.press('Enter');
    await apdex.getByText(`20 of 20 within 3${THIN}s`).waitFor();
    expect(await apdex.getByLabel('Fast enough').locator('option:checked').innerText()).to.equal(
      `3${THIN}s, its own`,
    );
    // Who asks for another one sees that.
    await apdex.getByLabel('Fast enough').selectOption('1000');
    await apdex.getByText(`0 of 20 within 1${THIN}s`).waitFor();
    await apdex.getByLabel('Fast enough').selectOption('');
    await apdex.getByText(`20 of 20 within 3${THIN}s`).waitFor();

    await page.goto(`${server.url}/${LIST}`);
    await until('the list has it', async () => (await listed(page)) === '1, 1 3 s');
    await page.reload();
    await until('the list still has it', async () => (await listed(page)) === '1, 1 3 s');
    await page.getByText('where an endpoint has its own threshold').waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'endpoints as CSV' }).click();
    const csv = await readFile(await (await saved).path(), 'utf8');
    expect(csv.split('\r\n')[0]).to.match(/apdex,threshold_ms,own_threshold/);
    expect(csv).to.match(/\/reports\/:id,.*,1,3000,true/);

    await page.locator('table.endpoints tbody tr').last().locator('td').last().getByRole('link').click();
    await apdex.getByRole('button', { name: 'Back to the default' }).click();
    await apdex.getByText(`0 of 20 within 500${THIN}ms`).waitFor();
    await until(
      'the field is empty',
      async () => (await apdex.getByLabel('Own threshold').inputValue()) === '',
    );
    expect(await api('GET', 'apdex-thresholds')).to.deep.equal({ thresholds: [] });
    expect(problems).to.deep.equal([]);
  });

  it('is seen and not changed by who may only read, and by who has a link', async () => {
    await api('PUT', 'apdex-thresholds?client_id=shop&method=GET&endpoint=/reports/:id', {
      threshold_ms: 3000,
    });
    const { token } = await api('POST', 'tokens', { name: 'reader', purpose: 'read' });
    const { page } = await openPage(server, REPORT);
    await signIn(page, String(token));
    await apdexOf(page).getByText(`This endpoint has a threshold of its own: 3${THIN}s.`).waitFor();
    expect(await apdexOf(page).getByRole('button').count()).to.equal(0);
    const { secret } = await api('POST', 'shares', { view: 'overview', client_id: 'shop', sort: 'apdex' });
    const shared = await openPage(server, `#${String(secret)}`);
    await until('the link shows it', async () => (await listed(shared.page)) === '1, 1 3 s');
  });

  it('fits, and keeps the rules of accessibility, at every width and in both themes', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page } = await openPage(server, REPORT, { theme });
      await signIn(page);
      await page.evaluate(axe);
      for (const width of [1440, 768, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await apdexOf(page).getByRole('button', { name: 'Back to the default' }).waitFor();
        await untilItFits(page, width);
        await takePicture(page, `own-threshold-${width}-${theme}`);
        if (width !== 768) expect(await violations(page), `${width} ${theme}`).to.deep.equal([]);
      }
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`${server.url}/${LIST}`);
      await listed(page);
      await page.evaluate(axe);
      await takePicture(page, `own-threshold-list-${theme}`);
      expect(await violations(page), `the list, ${theme}`).to.deep.equal([]);
    }
  });
});
