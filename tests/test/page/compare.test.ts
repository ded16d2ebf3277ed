// Two applications or endpoints side by side.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '../support/until.js';

describeInBrowser('a comparison', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    const now = Date.now();
    await store(
      server,
      ...shopTraffic(now),
      ...shopTraffic(now)
        .slice(0, 20)
        .map((event) => ({ ...event, client_id: 'office' })),
    );
  });

  after(() => server.close());

  const shows = (page: Page, ...requests: readonly string[]): Promise<void> =>
    until(`the sides have ${requests.join(' and ')} requests`, async () => {
      const stats = page.locator('.side .stat', { has: page.locator('dt:text-is("Requests")') });
      return JSON.stringify(await stats.locator('.value').allInnerTexts()) === JSON.stringify(requests);
    });

  it('is of two applications, and of two endpoints, and is in the address', async () => {
    const { page, problems } = await openPage(server, '?range=15m&refresh=off&client_id=shop');
    await page.getByRole('link', { name: 'Compare with another' }).click();
    await page.getByLabel('Compare with').selectOption('office');
    await shows(page, '60', '20');
    await page.getByLabel('Endpoint', { exact: true }).fill('POST /checkout');
    await page.getByRole('region', { name: 'POST /checkout of office' }).waitFor();
    const ofOffice = shopTraffic(0)
      .slice(0, 20)
      .filter((event) => event['method'] === 'POST').length;
    await shows(page, '60', String(ofOffice));
    await page.reload();
    await shows(page, '60', String(ofOffice));
    for (const [width, theme] of [
      [1280, 'light'],
      [768, 'dark'],
      [360, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme });
      await takePicture(page, `compare-${width}-${theme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.equal(width);
    }
    const other = page.getByRole('region', { name: 'POST /checkout of office' });
    await other.locator('.stat', { hasText: 'Requests' }).getByRole('link').click();
    await page.locator('table.requests tbody tr').first().waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).to.include({
      client_id: 'office',
      endpoint: '/checkout',
    });
    expect(problems).to.deep.equal([]);
  });
});
