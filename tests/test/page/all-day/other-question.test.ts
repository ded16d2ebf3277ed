// What is shown belongs to the address, however slow the server is: an answer to another question is marked as one, or not shown.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../../support/browser.js';
import { store } from '../../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

/** All but who is reading. */
const QUESTIONS = /\/api\/(?!session)/;

describeInBrowser('an answer to another question', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(
      server,
      { endpoint: '/x', route: '/x', latency_ms: 5 },
      { endpoint: '/y', route: '/y', status_code: 500 },
    );
  });

  after(() => server.close());

  /** From now on questions wait. */
  const hold = (page: Page): Promise<void> => page.route(QUESTIONS, () => undefined).then(() => undefined);

  it('is marked as old in every part of the overview', async () => {
    const { page } = await openPage(server);
    await page.locator('main').getByRole('link', { name: '5xx' }).waitFor();
    await page.getByRole('heading', { name: 'Top clients' }).waitFor();
    await hold(page);
    await page.locator('main').getByRole('link', { name: '5xx' }).click();
    await page.locator('main .figures[aria-busy="true"]').waitFor();
    const unmarked = page.locator('main :is(.panel, .figures):not([aria-busy="true"])');
    expect(await unmarked.allInnerTexts()).to.deep.equal([]);
    await takePicture(page, 'overview-of-another-question-1280-light');
  });

  const empty: Readonly<Record<string, string>> = {
    overview: '',
    errors: 'view=errors',
    latency: 'view=latency',
    consumers: 'view=consumers&by=client',
    metrics: 'view=metrics',
    requests: 'view=requests',
  };
  for (const [view, query] of Object.entries(empty))
    it(`does not say of ${view} that there is nothing`, async () => {
      const { page } = await openPage(server, `?${query}&release=of-nobody`);
      const nothing = page.getByText(/^No .* in this range under this filter/);
      await nothing.waitFor();
      await hold(page);
      await page.getByRole('button', { name: 'Remove Release of-nobody' }).click();
      await page.locator('main .loading').first().waitFor();
      expect(await nothing.count()).to.equal(0);
    });

  it('is not shown among live requests under another filter', async () => {
    const { page } = await openPage(server, '?view=live');
    await page.locator('tr', { hasText: '/x' }).waitFor();
    await hold(page);
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Filter by').selectOption('Status');
    await page.getByLabel('Code, class or none').fill('5xx');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('tr', { hasText: '/x' }).waitFor({ state: 'detached' });
  });

  it('takes its refusal with it', async () => {
    const { page } = await openPage(server, '', {
      prepare: (each) =>
        each
          .route(/\/api\/overview/, (route) => route.fulfill({ status: 503, json: { error: 'too busy' } }))
          .then(() => undefined),
    });
    await page.getByRole('alert').getByText('too busy').waitFor();
    await hold(page);
    await page.getByRole('button', { name: 'Last 7 d' }).click();
    await page.locator('main .loading').waitFor();
    expect(await page.getByRole('alert').count()).to.equal(0);
  });

  for (const view of ['endpoint&method=GET&endpoint=%2Fx', 'compare'])
    it(`is not shown beside a refusal: ${view.split('&')[0]}`, async () => {
      const { page } = await openPage(server, `?view=${view}`);
      await page.locator('main .stat').first().waitFor();
      await page.route(/\/api\/overview/, (route) => route.fulfill({ status: 503, json: { error: 'busy' } }));
      await page.getByRole('button', { name: 'Last 7 d' }).click();
      await page.getByRole('alert').getByText('busy').first().waitFor();
      await page.locator('main .stat').first().waitFor({ state: 'detached' });
    });

  it('is not told of a cell of the heatmap', async () => {
    const { page } = await openPage(server, '?view=latency&range=7d&refresh=off');
    const told = page.getByRole('region', { name: 'Heatmap' }).locator('.panel-head .muted');
    const map = page.locator('.heatmap canvas');
    await map.hover({ position: { x: 5, y: 50 } });
    const day = (millis: number): string =>
      new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(millis);
    const DAY = 86_400_000;
    await until('the cell of a week ago is told of', async () =>
      (await told.innerText()).startsWith(day(Date.now() - 7 * DAY)),
    );
    await page.keyboard.press('3');
    await until('the cell of a day ago is told of', async () =>
      (await told.innerText()).startsWith(day(Date.now() - DAY)),
    );
  });

  it('is not in the fields of a range', async () => {
    const { page } = await openPage(server, '?since=2025-03-01T12:00:00Z&until=2025-03-01T13:00:00Z');
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.evaluate(() => {
      history.pushState(null, '', '?since=2025-04-01T12:00:00Z&until=2025-04-01T13:00:00Z');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await until('another range is in the fields', async () => {
      const texts = await page
        .locator('.custom-range input')
        .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value));
      return texts.join() === '2025-04-01T12:00,2025-04-01T13:00';
    });
  });

  it('makes no share of more than everything, where parts are counted a moment after the whole', async () => {
    const timestamp = (): string => new Date(Date.now() - 60_000).toISOString();
    const event = { client_id: 'busy', endpoint: '/z', source_ip: 'ab'.repeat(32) };
    await store(server, { ...event, timestamp: timestamp() });
    const { page } = await openPage(server, '?client_id=busy&range=1h');
    const clients = page.getByRole('region', { name: 'Top clients' });
    await clients.getByText('100\u202F%').waitFor();
    await page.route(/\/api\/overview/, () => undefined);
    await store(server, { ...event, timestamp: timestamp() });
    await clients.getByRole('link', { name: '2', exact: true }).waitFor();
    expect(await clients.locator('.note').innerText()).to.equal('100\u202F%');
  });
});
