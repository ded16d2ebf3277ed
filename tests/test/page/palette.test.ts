// What people do with the keyboard, on paper, in a spreadsheet, and in their own language.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

describeInBrowser('the page for people', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, ...shopTraffic(Date.now()), {
      endpoint: '/huge',
      route: '/huge',
      custom_data: { huge: 1e300 },
    });
  });

  after(() => server.close());

  it('goes anywhere by a name', async () => {
    const { page, problems } = await openPage(server, '?range=15m&refresh=off');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await page.keyboard.press('/');
    const palette = page.getByRole('combobox', { name: 'Go to' });
    await palette.fill('checkout');
    await page.getByRole('option', { name: 'POST /checkout' }).waitFor();
    await takePicture(page, 'palette-1280-light');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'POST /checkout' }).waitFor();
    await page.keyboard.press('Control+k');
    await palette.fill('erro');
    await page.getByRole('option', { name: 'Errors' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('table.errors tbody tr').first().waitFor();
    await page.keyboard.press('Control+k');
    await palette.fill('/products/7');
    await page.getByRole('option').first().click();
    await until('the path is in the address', async () => page.url().includes('path=%2Fproducts%2F7'));
    await page.keyboard.press('2');
    await until('the range is an hour', async () => page.url().includes('range=1h'));
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Go anywhere').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(problems).to.deep.equal([]);
  });

  it('does nothing with single keys where these are switched off, and with those of ranges where a view has none', async () => {
    const { page, problems } = await openPage(server, '?view=sources&range=15m&refresh=off');
    await page.keyboard.press('2');
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await until('the range is as it was', () => Promise.resolve(page.url().includes('range=15m')));
    await page.getByRole('button', { name: 'Go to…' }).click();
    await page.getByRole('button', { name: 'Keys', exact: true }).click();
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await takePicture(page, 'keys-1280-light');
    await keys.getByRole('checkbox', { name: 'Single keys' }).uncheck();
    await keys.getByRole('button', { name: 'Close' }).click();
    await keys.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal('Go to…');
    await page.reload();
    await page.locator('table.endpoints tbody tr').first().waitFor();
    for (const key of ['2', '/', '?']) await page.keyboard.press(key);
    expect(await page.getByRole('dialog').count()).to.equal(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go to' }).waitFor();
    expect(page.url()).to.include('range=15m');
    expect(problems).to.deep.equal([]);
  });

  it('saves a view under a name in the browser, offers it, and removes it', async () => {
    const search = '?view=errors&range=1h&client_id=shop&refresh=off&status=5xx';
    const { page, problems } = await openPage(server, search);
    const palette = page.getByRole('combobox', { name: 'Go to' });
    const option = (name: string): Locator => page.getByRole('option', { name, exact: true });
    await page.getByRole('button', { name: 'Go to…' }).click();
    await palette.fill('broken shop');
    await option('broken shop Save this view').waitFor();
    await page.getByText('Nothing has this name').waitFor();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => localStorage.getItem('cerberus-views')), 'not by mistake').to.equal(
      null,
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'detached' });

    await page.goto(`${server.url}/?range=15m`);
    await page.getByRole('button', { name: 'Go to…' }).click();
    await palette.fill('Broken');
    await option('broken shop Saved view').waitFor();
    await takePicture(page, 'palette-saved-1280-light');
    await page.keyboard.press('Enter');
    await until('the whole address is back', () => Promise.resolve(new URL(page.url()).search === search));

    await page.getByRole('button', { name: 'Go to…' }).click();
    await palette.fill('broken shop');
    await option('broken shop Remove saved view').click();
    await page.getByRole('button', { name: 'Go to…' }).click();
    await palette.fill('broken shop');
    await option('broken shop Save this view').waitFor();
    expect(await option('broken shop Saved view').count()).to.equal(0);
    await page.evaluate(() => localStorage.setItem('cerberus-views', '[7,{"name":"a"},null]'));
    await palette.fill('a');
    await option('a Save this view').waitFor();
    expect(problems).to.deep.equal([]);
  });

  it('gives its tables as CSV, with all digits', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off&client_id=shop');
    const downloaded = page.waitForEvent('download');
    await page.getByRole('button', { name: 'endpoints as CSV' }).click();
    const download = await downloaded;
    expect(download.suggestedFilename()).to.equal('endpoints.csv');
    const text = await readFile(await download.path(), 'utf8');
    expect(text.charCodeAt(0), 'what tells Excel that it is UTF-8').to.equal(0xfeff);
    const lines = text.trim().split('\r\n');
    expect(lines[0]).to.match(
      /^client_id,method,endpoint,inferred,requests,errors,client_errors,share,latency_ms\.p50/,
    );
    expect(lines).to.have.length(5);
    expect(lines[1]).to.match(/^shop,GET,\/products\/:id,false,30,/);
  });

  it('prints without what can only be clicked', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off', { theme: 'dark' });
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.getByRole('navigation', { name: 'Views' }).isVisible()).to.equal(false);
    expect(await page.getByRole('button', { name: 'endpoints as CSV' }).isVisible()).to.equal(false);
    expect(await page.locator('table.endpoints').isVisible()).to.equal(true);
    const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(ground).to.equal('rgb(255, 255, 255)');
    await takePicture(page, 'print');
  });

  it('writes numbers and dates as the reader does, and none of three hundred digits', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off', { locale: 'de-DE' });
    const rate = page.locator('.stat', { has: page.locator('dt:text-is("Error rate")') });
    await until('there is a comma in the error rate', async () =>
      /^\d,\d\s%/.test(await rate.locator('.value').innerText()),
    );
    const { page: metrics } = await openPage(server, '?view=metrics&range=15m&name=huge', {
      locale: 'de-DE',
    });
    await metrics.locator('.metric-detail .range').waitFor();
    expect(await metrics.locator('.metric-detail .range').innerText()).to.include('1E300');
    expect((await metrics.locator('.metric-detail').innerText()).replaceAll('\n', ' ')).to.not.match(
      /\d{30}/,
    );
  });

  for (const view of ['overview', 'requests', 'errors', 'latency', 'live', 'consumers&by=client', 'sources'])
    it(`gives every table of ${view.split('&')[0]} as CSV`, async () => {
      const { page } = await openPage(server, `?view=${view}&range=15m&refresh=off`);
      if (view === 'live') {
        await page.getByText('Connected', { exact: true }).waitFor();
        await store(server, ...shopTraffic(Date.now()).slice(0, 3));
      }
      await page.locator('main table tbody tr').first().waitFor();
      const tables = await page.locator('main table').count();
      expect(await page.getByRole('button', { name: /as CSV$/ }).count()).to.be.at.least(tables);
    });

  it('leaves the keys of an input method to it', async () => {
    const { page } = await openPage(server, '?range=15m&refresh=off');
    const typed = (field: Locator, key: string): Promise<void> =>
      field.dispatchEvent('keydown', { key, isComposing: true, bubbles: true, cancelable: true });
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await page.keyboard.press('/');
    const palette = page.getByRole('combobox', { name: 'Go to' });
    await palette.fill('erro');
    await page.getByRole('option', { name: 'Errors' }).waitFor();
    await typed(palette, 'Enter');
    expect(await page.getByRole('dialog').count(), 'Enter ends what is put together').to.equal(1);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Filter by').selectOption('User');
    await typed(page.getByLabel('Whole id'), 'Escape');
    expect(await page.getByLabel('Whole id').count(), 'Escape takes it back').to.equal(1);
    expect(new URL(page.url()).searchParams.get('view')).to.equal(null);
  });
});
