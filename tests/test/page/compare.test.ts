// Two applications, endpoints, releases or environments side by side.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { releasedTraffic, shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

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
      ...releasedTraffic(now).map((event) => ({
        ...event,
        client_id: 'web',
        deployment_environment: 'production',
      })),
      ...releasedTraffic(now)
        .slice(-7)
        .map((event) => ({ ...event, client_id: 'web', deployment_environment: 'staging' })),
    );
  });

  after(() => server.close());

  const shows = (page: Page, ...requests: readonly string[]): Promise<unknown> =>
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
      await untilItFits(page, width);
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

  it('has the same axes on both sides, and a range that is marked on one is that of both', async () => {
    // In steps of minutes the shop has three times as many requests, and twice the latency.
    const query = '?view=compare&range=24h&refresh=off&client_id=shop&against_client_id=office';
    const { page, problems } = await openPage(server, query);
    await shows(page, '60', '20');
    for (const side of [0, 1])
      await page.locator('.side').nth(side).getByRole('button', { name: 'log', exact: true }).click();
    const sides = page.locator('.side');
    const strips = (): Promise<string[][]> =>
      sides.evaluateAll((all) =>
        all.map((side) =>
          [...side.querySelectorAll('canvas')].map((canvas) => {
            // What lies left of the chart, down to the labels of time.
            const strip = document.createElement('canvas');
            strip.width = 56 * devicePixelRatio;
            strip.height = canvas.height - 28 * devicePixelRatio;
            strip.getContext('2d')?.drawImage(canvas, 0, 0);
            return strip.toDataURL();
          }),
        ),
      );
    await until('both have the same axes', async () => {
      const [one, other] = await strips();
      return one?.length === 2 && one.every((strip, index) => strip === other?.[index]);
    });
    const bars = (index: number): Promise<(string | null)[]> =>
      sides
        .nth(index)
        .locator('.histogram .column')
        .evaluateAll((all) => all.map((each) => each.getAttribute('title')?.split(':')[0] ?? null));
    expect(await bars(1)).to.deep.equal(await bars(0));
    await takePicture(page, 'compare-axes-1280-light');
    const chart = await sides.nth(1).locator('.u-over').first().boundingBox();
    if (chart === null) throw new Error('no chart');
    await page.mouse.move(chart.x + chart.width * 0.5, chart.y + 40);
    await page.mouse.down();
    await page.mouse.move(chart.x + chart.width * 0.9, chart.y + 40, { steps: 4 });
    await page.mouse.up();
    await until('a part of the range is chosen', () => page.url().includes('since='));
    expect(Object.fromEntries(new URL(page.url()).searchParams)).to.include({
      client_id: 'shop',
      against_client_id: 'office',
    });
    expect(problems).to.deep.equal([]);
  });

  it('is of two releases, from the panel of one, and of two environments', async () => {
    const { page, problems } = await openPage(server, '?range=24h&refresh=off&client_id=web');
    await page
      .getByRole('button', { name: /^Release 1\.4\.2 of web, first seen/ })
      .first()
      .click();
    await page.getByRole('link', { name: 'Compare with 1.4.1' }).click();
    await page.getByRole('region', { name: 'web, release 1.4.2', exact: true }).waitFor();
    await page.getByRole('region', { name: 'web, release 1.4.1', exact: true }).waitFor();
    await shows(page, '127', '120');
    await page.reload();
    await shows(page, '127', '120');

    const release = page.getByRole('combobox', { name: 'Release', exact: true });
    await until('the releases are offered', async () => {
      const offered = await release.locator('option').allTextContents();
      return offered.toSorted().join() === '1.4.1,1.4.2,All releases,As here: 1.4.2';
    });
    const environment = page.getByRole('combobox', { name: 'Environment', exact: true });
    await environment.selectOption('staging');
    await shows(page, '127', '0');
    await release.selectOption('As here: 1.4.2');
    await page.getByRole('region', { name: 'web, release 1.4.2, staging' }).waitFor();
    await shows(page, '127', '7');
    await environment.selectOption('All environments');
    await release.selectOption('All releases');
    await shows(page, '127', '247');
    await page.setViewportSize({ width: 360, height: 900 });
    await takePicture(page, 'compare-releases-360-light');
    await untilItFits(page, 360);
    expect(problems).to.deep.equal([]);
  });

  it('is of what is in the address after a step back, too', async () => {
    const { page } = await openPage(server, '?view=compare&range=15m&refresh=off&client_id=shop');
    const field = page.getByLabel('Endpoint', { exact: true });
    await page.locator('option[value="POST /checkout"]').waitFor({ state: 'attached' });
    await field.fill('POST /checkout');
    await page.getByRole('region', { name: 'POST /checkout of all applications' }).waitFor();
    await page.goBack();
    await page.getByRole('region', { name: 'POST /checkout of' }).waitFor({ state: 'detached' });
    expect(await field.inputValue()).to.equal('');
    await page.goForward();
    await page.getByRole('region', { name: 'POST /checkout of all applications' }).waitFor();
    expect(await field.inputValue()).to.equal('POST /checkout');
  });

  it('is of endpoints of any method, be they offered or not', async () => {
    const methods = ['_OTHER', 'M-SEARCH', 'propfind'];
    for (const method of methods)
      await store(server, { client_id: 'dav', method, endpoint: '/dav', route: '/dav' });
    const query = '?view=compare&range=15m&refresh=off&client_id=shop';
    for (const scope of ['&against_client_id=dav', '&against_client_id=office'])
      for (const method of methods) {
        const { page } = await openPage(server, `${query}${scope}`);
        await page.getByLabel('Endpoint', { exact: true }).fill(`${method} /dav`);
        await page.keyboard.press('Enter');
        const { searchParams: params } = new URL(page.url());
        expect([params.get('against_method'), params.get('against_endpoint')]).to.deep.equal([
          method,
          '/dav',
        ]);
        await page.close();
      }
  });
});
