// From a number to the requests behind it, and from a request to what its client did.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, takePicture } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { findAnswer } from '../support/story.js';
import { until } from '@cerberus-otel/test-support/deadline';

const CURIOUS = 'c'.repeat(64);
const MANY = 70;

describeOnEachStore('stored requests on the page', (emptyStore) => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({
      port: 0,
      host: '127.0.0.1',
      ...(await emptyStore()),
      signIn: false,
      traceUrlTemplate: 'https://traces.example/{trace_id}',
    });
    const now = Date.now();
    const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();
    await store(server, ...shopTraffic(now));
    const curious = { source_ip: CURIOUS, route: '/reports/:id' };
    await store(
      server,
      { ...curious, endpoint: '/reports/1', timestamp: at(30), latency_ms: 40, custom_data: { plan: 'pro' } },
      { ...curious, endpoint: '/reports/2', timestamp: at(20), latency_ms: 2500, outcome: 'aborted' },
      {
        ...curious,
        endpoint: '/reports/3',
        timestamp: at(10),
        latency_ms: 1200,
        status_code: 503,
        outcome: 'error',
        error_type: 'PoolExhausted',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
      },
    );
    await store(
      server,
      ...Array.from({ length: MANY }, (_, index) => ({
        client_id: 'office',
        endpoint: `/mail/${index}`,
        timestamp: at(60 + index),
      })),
    );
  });

  after(() => server.close());

  const rows = (page: Page): Promise<string[]> =>
    page
      .locator('table.requests tbody tr')
      .evaluateAll((all) =>
        all.map((row) => (row.querySelector('.path') ?? row.querySelector('.row bdi'))?.textContent ?? ''),
      );

  const showsRows = (page: Page, expected: readonly string[]): Promise<unknown> =>
    until(`the requests are ${expected.join(', ')}`, async () => {
      const shown = await rows(page);
      return JSON.stringify(shown) === JSON.stringify(expected);
    });

  it('answer which were slower than a second', async () => {
    await findAnswer(server, 'Which requests took over a second?', async (page) => {
      await page.getByRole('link', { name: 'Requests', exact: true }).click();
      await page.getByRole('button', { name: 'Add filter' }).click();
      // The first thing that the menu offers.
      await page.getByLabel('At least, ms').fill('1000');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Slowest' }).click();
      await showsRows(page, ['/reports/2', '/reports/3']);
      const { searchParams } = new URL(page.url());
      expect(Object.fromEntries(searchParams)).to.include({ latency_ms_min: '1000', order: 'slowest' });
      const aborted = page.locator('table.requests tbody tr', { hasText: '/reports/2' }).locator('.badge');
      expect(await aborted.innerText(), 'no success').to.equal('200 aborted');
      expect(await aborted.getAttribute('class')).to.include('s-4xx');
      await takePicture(page, 'requests-slow');
    });
  });

  it('answer who got the errors and what else they asked for', async () => {
    await findAnswer(server, 'Who got the errors, and what else did they ask for?', async (page) => {
      await page.locator('.legend').getByRole('link', { name: '5xx' }).click();
      await page.locator('.chip', { hasText: '5xx' }).waitFor();
      const client = page.locator('.bars li', { has: page.locator(`code[title="${CURIOUS}"]`) });
      await client.locator('.number a').click();
      await showsRows(page, ['/reports/3']);
      await page.locator('table.requests .row').first().click();
      const detail = page.getByRole('complementary', { name: 'One request' });
      await detail.locator('.neighbours').waitFor();
      expect(await detail.locator('.neighbours li bdi').allInnerTexts()).to.deep.equal([
        '/reports/1',
        '/reports/2',
        '/reports/3',
      ]);
      expect(await detail.innerText()).to.include('PoolExhausted');
      const trace = detail.getByRole('link', { name: '0af7651916cd43dd8448eb211c80319c' });
      expect(await trace.getAttribute('href')).to.equal(
        'https://traces.example/0af7651916cd43dd8448eb211c80319c',
      );
      await takePicture(page, 'requests-open');
      await detail.getByRole('link', { name: '/reports/1' }).click();
      await detail.getByRole('link', { name: 'pro' }).waitFor();
      await page.keyboard.press('Escape');
      await detail.waitFor({ state: 'detached' });
    });
  });

  it('lead from what is known of one to those that have it, too: its trace and its application', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&refresh=off&client_id=shop');
    await page.locator('button.row', { hasText: '/reports/3' }).click();
    const detail = page.getByRole('complementary', { name: 'One request' });
    await detail.getByRole('link', { name: 'Only requests of this trace' }).click();
    await showsRows(page, ['/reports/3']);
    await page.getByLabel('Application').selectOption({ label: 'All' });
    await detail.getByRole('link', { name: 'shop', exact: true }).click();
    await until('the application is chosen, too', async () => {
      const { searchParams } = new URL(page.url());
      return searchParams.get('client_id') === 'shop' && searchParams.has('trace_id');
    });
  });

  it('underline the name of the one under the pointer, and nothing before it', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&refresh=off&path=%2Freports%2F1');
    const row = page.locator('table.requests .row').first();
    await row.hover();
    const lines = [row, row.locator('.method'), row.locator('> bdi')].map((each) =>
      each.evaluate((element) => getComputedStyle(element).textDecorationLine),
    );
    expect(await Promise.all(lines)).to.deep.equal(['none', 'none', 'underline']);
  });

  it('are read page by page, each once, while others arrive', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&client_id=office');
    await page.getByText('50 shown').waitFor();
    await store(server, { client_id: 'office', endpoint: '/mail/new' });
    await page.getByRole('button', { name: 'More' }).click();
    await until('the last one is shown', async () => (await rows(page)).includes(`/mail/${MANY - 1}`));
    // It came first, or too late.
    const shown = (await rows(page)).filter((path) => path !== '/mail/new');
    expect(shown).to.deep.equal(Array.from({ length: MANY }, (_, index) => `/mail/${index}`));
    expect(await page.getByRole('button', { name: 'More' }).count()).to.equal(0);
    await page.getByRole('button', { name: 'Back to the first' }).click();
    await page.getByText('50 shown').waitFor();
  });

  it('show the metrics that one chooses as columns, and keep them in the address', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&metric=amount');
    await page.getByRole('button', { name: 'Metrics as columns' }).click();
    await page.getByLabel('currency').check();
    await page.locator('td.own', { hasText: 'EUR' }).first().waitFor();
    expect(new URL(page.url()).searchParams.getAll('column')).to.deep.equal(['currency']);
    await page.reload();
    await page.locator('td.own', { hasText: 'EUR' }).first().waitFor();
  });

  it('say that there are none under a filter, and lead out of it', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&path=%2Fnowhere');
    await page.getByRole('heading', { name: 'No requests in this range under this filter' }).waitFor();
    await page.getByRole('link', { name: 'Remove the filter' }).click();
    await page.locator('table.requests tbody tr').first().waitFor();
  });

  it('say that one is not stored, or no longer', async () => {
    const { page } = await openPage(server, '?view=requests&range=15m&id=999999');
    await page.getByText('There is no such event, or no longer.').waitFor();
  });
});
