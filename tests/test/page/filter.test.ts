// One filter for whatever the page shows: added from a menu or with a click on what is shown, and in the address.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

describeInBrowser('the filter of the page', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, ...shopTraffic(Date.now()));
  });

  after(() => server.close());

  const params = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

  async function chips(page: Page, ...expected: readonly string[]): Promise<void> {
    await until(`the chips are ${expected.join(', ')}`, async () => {
      const shown = await page
        .locator('.chip')
        .evaluateAll((all) => all.map((chip) => chip.textContent?.replace(/×$/, '').trim() ?? ''));
      return JSON.stringify(shown) === JSON.stringify(expected);
    });
  }

  const requests = (page: Page, expected: string): Promise<void> =>
    page
      .locator('.stat', { has: page.locator('dt:text-is("Requests")') })
      .locator('.value', { hasText: new RegExp(`^${expected}$`) })
      .waitFor();

  it('is put together from what is shown, kept from view to view, and taken back part by part', async () => {
    const { page, problems } = await openPage(server, '?range=15m&refresh=off');
    await requests(page, '60');
    await page.getByRole('region', { name: 'Methods' }).getByRole('link', { name: 'GET' }).click();
    await requests(page, '50');
    await page.getByRole('region', { name: 'Outcomes' }).getByRole('link', { name: 'error' }).click();
    await chips(page, 'Method GET', 'Outcome error');
    await requests(page, '6');
    expect(params(page)).to.include({ method: 'GET', outcome: 'error' });
    await page.getByRole('link', { name: 'Live', exact: true }).click();
    await chips(page, 'Method GET', 'Outcome error');
    await page.locator('table.events tbody tr').nth(5).waitFor();
    expect(await page.locator('table.events tbody tr').count()).to.equal(6);
    await page.getByRole('link', { name: 'Sources', exact: true }).click();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await requests(page, '6');
    await page.getByRole('button', { name: 'Remove Outcome error' }).click();
    await requests(page, '50');
    await page.goBack();
    await chips(page, 'Method GET', 'Outcome error');
    await page.getByRole('button', { name: 'Remove all' }).click();
    await chips(page);
    await requests(page, '60');
    expect(problems).to.deep.equal([]);
  });

  it('takes from its menu what the server takes, and says so of anything else', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off');
    await page.getByRole('button', { name: 'Add filter' }).click();
    const form = page.getByRole('form', { name: 'Add a filter' });
    await form.getByLabel('Filter by').selectOption('Status');
    await form.getByLabel('Code, class or none').fill('fine');
    await page.keyboard.press('Enter');
    await form.getByText('That is no status to filter by.').waitFor();
    await form.getByLabel('Code, class or none').fill('5xx');
    await page.keyboard.press('Enter');
    await requests(page, '6');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await form.getByLabel('Filter by').selectOption('Metric');
    await form.getByLabel('Name').fill('results');
    await form.getByLabel('At least').fill('30');
    await page.keyboard.press('Enter');
    await chips(page, 'Status 5xx', 'results ≥ 30');
    expect(params(page)).to.include({ status: '5xx', metric: 'results', metric_min: '30' });
    await requests(page, '1');
  });

  it('suggests what is stored, and of it what has the text', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off');
    await page.getByRole('button', { name: 'Add filter' }).click();
    const suggested = (): Promise<string[]> =>
      page
        .locator('datalist option')
        .evaluateAll((all) => all.map((each) => each.getAttribute('value') ?? ''));
    const suggests = (...expected: readonly string[]): Promise<unknown> =>
      until(`suggested are ${expected.join(', ')}`, async () => {
        return JSON.stringify((await suggested()).toSorted()) === JSON.stringify(expected);
      });
    await page.getByLabel('Filter by').selectOption('Endpoint');
    await suggests('/checkout', '/products/:id', '/search');
    await page.getByLabel('Route, or path without one').fill('SEAR');
    await suggests('/search');
    await page.getByLabel('Filter by').selectOption('Metric');
    await suggests('amount', 'cached', 'currency', 'results', 'tags');
  });

  it('suggests what may take the place of what is chosen', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off&method=POST&status=200');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Filter by').selectOption('Method');
    await until('both methods are suggested', async () => {
      const values = await page
        .locator('datalist option')
        .evaluateAll((all) => all.map((each) => each.getAttribute('value') ?? ''));
      return values.toSorted().join() === 'GET,POST';
    });
    await page.getByRole('combobox', { name: 'Method', exact: true }).fill('GET');
    await page.keyboard.press('Enter');
    await chips(page, 'Method GET', 'Status 200');
  });

  it('takes a suggestion as it is stored, with the spaces and line breaks that a field does not show', async () => {
    const names = { '  staging  ': '  staging  ', bluegreen: 'blue\ngreen' };
    for (const deployment_environment of Object.values(names))
      await store(server, { client_id: 'odd', endpoint: '/', deployment_environment });
    const { page } = await openPage(server, '?range=15m&refresh=off&client_id=odd');
    await requests(page, '2');
    for (const [text, stored] of Object.entries(names)) {
      await page.getByRole('button', { name: 'Add filter' }).click();
      await page.getByLabel('Filter by').selectOption('Environment');
      await page.locator('datalist option').nth(1).waitFor({ state: 'attached' });
      await page.getByRole('combobox', { name: 'Whole name' }).fill(text);
      await page.keyboard.press('Enter');
      await until('it is in the address', async () => params(page)['environment'] === stored);
      await requests(page, '1');
    }
  });

  it('changes a range of seconds from where it is', async () => {
    const { page } = await openPage(server, '?since=2025-03-01T12:00:10.250Z&until=2025-03-01T12:00:40.000Z');
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.getByLabel('To').fill('2025-03-01T12:01:05');
    await page.getByRole('button', { name: 'Show' }).click();
    await until('it has another end', async () => params(page)['until'] === '2025-03-01T12:01:05.000Z');
    expect(params(page)['since']).to.equal('2025-03-01T12:00:10.250Z');
  });

  it('takes a client, a value of a metric, and a bar of a distribution', async () => {
    const { page } = await openPage(
      server,
      '?view=endpoint&range=15m&refresh=off&method=POST&endpoint=%2Fcheckout',
    );
    await page.getByRole('region', { name: 'currency' }).getByRole('link', { name: 'EUR' }).click();
    await chips(page, 'Method POST', 'Endpoint /checkout', 'currency = EUR');
    await page.getByRole('region', { name: 'Latency distribution' }).locator('.column').last().click();
    await until('the latency is in the address', async () => params(page)['latency_ms_max'] !== undefined);
    await page.getByRole('region', { name: 'Top clients' }).locator('.bars li a').first().click();
    await until('the client is in the address', async () => params(page)['source_ip']?.length === 64);
    await page.getByRole('button', { name: 'Remove Endpoint /checkout' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(params(page)).to.not.have.property('view');
  });

  it('leads from each number to its requests', async () => {
    for (const [name, chosen] of [
      ['Requests', '{}'],
      ['Error rate', '{"failed":"true"}'],
      ['Latency p95', '{"latency_ms_min":"66.0495","order":"slowest"}'],
    ] as const) {
      const { page } = await openPage(server, '?range=15m&refresh=off');
      const stat = page.locator('.stat', { has: page.locator(`dt:text-is("${name}")`) });
      await stat.getByRole('link').click();
      await page.locator('table.requests tbody tr').first().waitFor();
      const { view, range, refresh: _, ...rest } = params(page);
      expect([view, range], name).to.deep.equal(['requests', '15m']);
      expect(JSON.stringify(rest), name).to.equal(chosen);
      await page.close();
    }
  });
});
