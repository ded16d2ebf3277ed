// Releases: marks on whatever is over time, and what changed with the one that is open.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { releasedTraffic, shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

type Recording = typeof globalThis & { places: number[] };

/** Runs in the page: keeps where marks of the heatmap have been, in pixels. */
function recordPlaces(): void {
  const places: number[] = [];
  (globalThis as Recording).places = places;
  new MutationObserver(() => {
    for (const mark of document.querySelectorAll<HTMLElement>('.heatmap .release-mark'))
      places.push(parseFloat(mark.style.left));
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

describeInBrowser('a release', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    const now = Date.now();
    const released = releasedTraffic(now).map((event) => ({ ...event, custom_data: { items: 3 } }));
    const office = shopTraffic(now).map((event) => ({ ...event, client_id: 'office' }));
    await store(server, ...released, ...office);
  });

  after(() => server.close());

  const marksIn = (place: Page | Locator): Locator =>
    place.getByRole('button', { name: /^Release 1\.4\.2 of shop, first seen/ });

  it('is marked on every chart over time, where it appeared', async () => {
    const { page, problems } = await openPage(server);
    for (const [query, charts, width, theme] of [
      ['', 2, 1440, 'light'],
      ['&view=endpoint&method=GET&endpoint=%2Fproducts%2F%3Aid', 3, 768, 'dark'],
      ['&view=latency', 2, 1440, 'dark'],
      ['&view=metrics', 1, 360, 'light'],
      ['&view=compare&against_client_id=shop&against_environment=', 4, 1440, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(`${server.url}/?range=24h&refresh=off&client_id=shop${query}`);
      await until(`${charts} charts have it: ${query}`, async () => (await marksIn(page).count()) === charts);
      await takePicture(page, `marks-${query.split('&')[1] ?? 'overview'}-${width}-${theme}`);
      await untilItFits(page, width, query);
    }
    // The last hour of a day, from the first moment.
    await page.addInitScript(recordPlaces);
    await page.goto(`${server.url}/?view=latency&range=24h&refresh=off&client_id=shop`);
    const map = page.locator('.heatmap .charted');
    const [mark, whole] = [await marksIn(map).boundingBox(), await map.boundingBox()];
    const place = ((mark?.x ?? 0) + (mark?.width ?? 0) / 2 - (whole?.x ?? 0)) / (whole?.width ?? 1);
    expect(place).to.be.within(0.93, 0.98);
    expect(await page.evaluate(() => Math.min(...(globalThis as Recording).places))).to.be.above(400);
    expect(problems).to.deep.equal([]);
  });

  it('is a line in the trend of each error and endpoint of its application, and of no other', async () => {
    const { page } = await openPage(server, '?range=24h&refresh=off');
    const lines = (row: string): Promise<number> =>
      page.locator('table.endpoints tbody tr', { hasText: row }).locator('.sparkline .mark').count();
    await until('the shop has it', async () => (await lines('(no route)')) === 1);
    expect(await lines('/checkout'), 'of the office').to.equal(0);
    await page.goto(`${server.url}/?view=errors&range=24h&refresh=off`);
    const rows = page.locator('table.errors tbody tr');
    await rows.filter({ hasText: 'TypeError' }).locator('.sparkline .mark').waitFor();
    expect(await rows.filter({ hasText: 'office' }).locator('.sparkline .mark').count()).to.equal(0);
    await takePicture(page, 'marks-errors-1280-light');
  });

  it('that is open is found by its name, however many came after it', async () => {
    const busy = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    try {
      const now = Date.now();
      // Twenty a day, for eleven days.
      const builds = Array.from({ length: 220 }, (_, build) => ({
        endpoint: '/',
        service_version: `build-${build}`,
        timestamp: new Date(now - (220 - build) * 72 * 60_000).toISOString(),
      }));
      await store(busy, ...builds);
      const query =
        '?view=latency&range=30d&refresh=off&client_id=shop&open_release=build-5&open_release_of=shop';
      const { page } = await openPage(busy, query);
      await page
        .getByRole('region', { name: 'Release build-5 of shop' })
        .getByText('after build-4')
        .waitFor();
    } finally {
      await busy.close();
    }
  });

  it('that is open is in the address: it is there after a reload, and Back closes it', async () => {
    const { page, problems } = await openPage(server, '?view=latency&range=24h&refresh=off');
    await marksIn(page).last().click();
    const panel = page.getByRole('region', { name: 'Release 1.4.2 of shop' });
    await panel.getByText('after 1.4.1').waitFor();
    expect(Object.fromEntries(new URL(page.url()).searchParams)).to.include({
      view: 'latency',
      open_release: '1.4.2',
      open_release_of: 'shop',
    });
    await page.reload();
    await panel.getByText('after 1.4.1').waitFor();
    await page.goBack();
    await panel.waitFor({ state: 'detached' });
    await page.goForward();
    await panel.getByText('after 1.4.1').waitFor();
    await panel.getByRole('button', { name: 'Close' }).click();
    await panel.waitFor({ state: 'detached' });
    expect(page.url()).not.to.include('open_release');
    expect(problems).to.deep.equal([]);
  });

  it('is found also where it appeared before the range, unless nobody remembers it', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off&open_release=1.4.2&open_release_of=shop');
    const panel = page.getByRole('region', { name: 'Release 1.4.2 of shop' });
    await panel.getByText('after 1.4.1').waitFor();
    expect(await marksIn(page).count()).to.equal(0);
    await page.evaluate(
      await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
    );
    for (const [width, theme] of [
      [1440, 'light'],
      [768, 'dark'],
      [360, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: theme });
      await page.locator(`html[data-theme="${theme}"]`).waitFor();
      await takePicture(page, `open-release-${width}-${theme}`);
      expect(await violations(page), `${theme} at ${width} px`).to.deep.equal([]);
      await untilItFits(page, width);
    }
    for (const [name, content] of [
      ['release-figures', /^\u{FEFF}time,requests,errors,.*\r\nbefore,\d+,/u],
      ['slower-endpoints', /^\u{FEFF}method,endpoint,before,after\r\nGET,\/products\/:id,/u],
      ['new-errors', /^\u{FEFF}error,requests\r\n500,8\r\nTypeError,8\r\n$/u],
    ] as const) {
      const download = page.waitForEvent('download');
      await panel.getByRole('button', { name: `${name} as CSV` }).click();
      expect(await readFile(await (await download).path(), 'utf8')).to.match(content);
    }
    await page.goto(`${server.url}/?refresh=off&open_release=0.0.1&open_release_of=shop`);
    await page.getByText('The server does not remember this release.').waitFor();
  });
});
