// The list of endpoints stays readable: of several applications, of thousands, and with somebody who tries every path.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const SCANNER = 'ab'.repeat(32);
const SCANNED = 300;
const MANY = 3000;

describeInBrowser('the list of endpoints', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    const now = Date.now();
    const timestamp = new Date(now - 30_000).toISOString();
    await store(server, ...shopTraffic(now));
    await store(
      server,
      ...Array.from({ length: SCANNED }, (_, index) => ({
        endpoint: `/wp-${index}/setup.php`,
        method: index % 2 === 0 ? 'GET' : 'POST',
        status_code: 404,
        source_ip: SCANNER,
        timestamp,
      })),
      ...[1, 2, 3].map((id) => ({ client_id: 'legacy', endpoint: `/files/${id}`, timestamp })),
      { client_id: 'legacy', endpoint: '/search', status_code: 500, outcome: 'error', timestamp },
    );
    for (let from = 0; from < MANY; from += 1000) {
      const routes = Array.from({ length: 1000 }, (_, index) => ({
        client_id: 'wide',
        endpoint: '/x',
        route: `/things/${String(from + index).padStart(4, '0')}`,
        timestamp: new Date(now - 7_200_000).toISOString(),
      }));
      await store(server, ...routes);
    }
  });

  after(() => server.close());

  const lines = (page: Page): Promise<string[]> =>
    page
      .locator('table.endpoints tbody th')
      .evaluateAll((all) => all.map((cell) => (cell.textContent ?? '').replace(/ {2,}/g, ' ').trim()));

  it('keeps applications apart, a scanner in one line, and what was inferred marked', async () => {
    const { page, problems } = await openPage(server, '?range=15m&refresh=off&sort=endpoint');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    expect(await lines(page)).to.deep.equal([
      'shop 360 requests, 4 endpoints',
      '(no route)',
      'POST /checkout',
      'GET /products/:id',
      'GET /search',
      'legacy 4 requests, 2 endpoints',
      'GET /search',
      'GET /files/:id inferred',
    ]);
    await takePicture(page, 'endpoints-1280-light');
    for (const width of [768, 360]) {
      await page.setViewportSize({ width, height: 900 });
      const seen = await page.locator('.endpoint', { hasText: '/products/:id' }).boundingBox();
      expect(seen?.width, `of a name at ${width} px`).to.be.above(100);
      await takePicture(page, `endpoints-${width}-light`);
    }
    expect(problems).to.deep.equal([]);
  });

  it('leads from a line that has all methods to the requests that it counts, also under the filter of one', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off&client_id=shop&method=POST');
    const row = page.locator('table.endpoints tbody tr', { hasText: '(no route)' });
    await row.locator('td.number').first().getByRole('link', { name: '150', exact: true }).click();
    await page.locator('table.requests tbody tr').first().waitFor();
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('method'), searchParams.get('endpoint')]).to.deep.equal(['POST', '(no route)']);
  });

  it('has the endpoint to which a request of the live view leads, under the name that it is listed by', async () => {
    const { page } = await openPage(server, '?view=live&client_id=legacy');
    await page.locator('tr', { hasText: '/files/1' }).getByRole('button').click();
    await page.getByRole('link', { name: 'Show endpoint' }).click();
    await page.getByRole('heading', { name: '/files/:id' }).waitFor();
    const requests = page.locator('.stat', { has: page.locator('dt:text-is("Requests")') });
    expect(await requests.locator('.value').innerText()).to.equal('3');
  });

  it('sorts by each of its figures', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off&client_id=shop');
    const sorts: Readonly<Record<string, string>> = {
      '4xx': 'client_errors',
      Errors: 'errors',
      'Error rate': 'error_rate',
      p50: 'p50',
      p95: 'p95',
      p99: 'p99',
      Apdex: 'apdex',
      Endpoint: 'endpoint',
      Requests: 'requests',
    };
    const orders = new Set<string>();
    for (const [name, sort] of Object.entries(sorts)) {
      const asked = `client_id=shop&sort=${sort}&since=${Date.now() - 900_000}`;
      const answer = await fetch(`${server.url}/api/endpoints?${asked}`);
      const { endpoints } = (await answer.json()) as { endpoints: { endpoint: string; method: string }[] };
      const expected = endpoints.map((row) => `${row.method ?? ''} ${row.endpoint}`.trim()).join();
      await page.locator('table.endpoints').getByRole('button', { name, exact: true }).click();
      await until(`the order is that by ${name}`, async () => (await lines(page)).join() === expected);
      orders.add(expected);
    }
    expect(orders.size, 'different orders').to.be.above(3);
  });

  it('have their Apdex by the threshold of the latency view, which it leads to', async () => {
    const { page, problems } = await openPage(server, '?range=15m&refresh=off&client_id=shop&sort=apdex');
    const scores = async (): Promise<string[]> => {
      await page.locator('table.endpoints tbody td:last-child').first().waitFor();
      return page.locator('table.endpoints tbody td:last-child').allInnerTexts();
    };
    const of = async (threshold: number): Promise<string> => {
      const asked = `client_id=shop&sort=apdex&threshold=${threshold}&since=${Date.now() - 900_000}`;
      const answer = await fetch(`${server.url}/api/endpoints?${asked}`);
      const { endpoints } = (await answer.json()) as { endpoints: { apdex: number | null }[] };
      return endpoints
        .map(({ apdex }) => (apdex === null ? '–' : String(Number(apdex.toPrecision(3)))))
        .join();
    };
    const byDefault = await of(500);
    await until('they are of 500 ms', async () => (await scores()).join() === byDefault);
    await takePicture(page, 'apdex-1440-light');
    await page.getByRole('link', { name: '500\u202Fms' }).click();
    await page
      .getByRole('region', { name: 'Apdex' })
      .getByLabel('Fast enough')
      .selectOption({ label: '50\u202Fms' });
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    const strict = await of(50);
    expect(strict).not.to.equal(byDefault);
    await until('they are of 50 ms', async () => (await scores()).join() === strict);
    await page.reload();
    await until('they are of 50 ms again', async () => (await scores()).join() === strict);
    const worst = page.locator('table.endpoints tbody tr').first();
    const name = await worst.locator('.endpoint').innerText();
    await worst.locator('td').last().getByRole('link').click();
    await page.getByRole('region', { name: 'Apdex' }).waitFor();
    expect(name).to.include(new URL(page.url()).searchParams.get('endpoint'));
    expect(problems).to.deep.equal([]);
  });

  it('draws of thousands only those in sight, and comes to the last of them', async () => {
    const { page } = await openPage(server, '?range=24h&refresh=off&client_id=wide&sort=endpoint');
    await page.locator('table.endpoints tbody tr').nth(20).waitFor();
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
    expect(nodes).to.be.below(3000);
    await page.getByText('1,000 more endpoints').waitFor();
    await page.evaluate(() => document.querySelector('table.endpoints')?.scrollIntoView({ block: 'end' }));
    await page.locator('table.endpoints').getByText('/things/1999', { exact: true }).waitFor();
    await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('2719');
    await page.locator('table.endpoints').getByText('/things/2719', { exact: true }).waitFor();
    expect(await lines(page)).to.have.length(1);
  });

  it('says of an application what is listed of it, where that may not be all', async () => {
    const { page } = await openPage(server, '?range=24h&refresh=off');
    const line = (name: string): Locator => page.locator('tr.group', { hasText: name });
    await line('wide')
      .getByText(/^listed: 1,9\d\d requests, 1,9\d\d endpoints$/)
      .waitFor();
    await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('/search');
    await line('legacy').getByText('listed: 1 request, 1 endpoint', { exact: true }).waitFor();
    await takePicture(page, 'endpoints-listed-1280-light');
    await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('');
    await page.getByRole('button', { name: 'Last 15 min' }).click();
    await line('legacy').getByText('4 requests, 2 endpoints', { exact: true }).waitFor();
  });
});
