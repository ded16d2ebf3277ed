// Who reads with the keyboard goes on where they were when something is closed.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../../support/browser.js';
import { releasedTraffic, store } from '../../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

describeInBrowser('the focus', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, ...releasedTraffic(Date.now()));
  });

  after(() => server.close());

  async function opened(query: string): Promise<Page> {
    const { page } = await openPage(server, query);
    await page.locator('main table tbody tr').first().waitFor();
    return page;
  }

  const untilFocused = (what: Locator): Promise<unknown> =>
    until('the focus is back', () => what.evaluate((element) => element === document.activeElement));

  for (const key of ['Escape', 'Enter'])
    it(`is on what opened the list of places after ${key}`, async () => {
      const page = await opened('');
      const opener = page.getByRole('button', { name: 'Go to…' });
      await opener.press('Enter');
      await page.getByRole('combobox', { name: 'Go to' }).fill('Errors');
      await page.getByRole('option', { name: 'Errors View' }).waitFor();
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await untilFocused(opener);
      expect(new URL(page.url()).search).to.equal(key === 'Enter' ? '?view=errors' : '');
    });

  it('is on the line of a request that was closed', async () => {
    const page = await opened('?view=requests&refresh=off');
    const line = page.locator('table.requests button.row').nth(7);
    await line.press('Enter');
    await page.locator('.request-detail dl').first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.request-detail').waitFor({ state: 'detached' });
    await untilFocused(line);
  });

  it('is on the mark of a release that was closed', async () => {
    const page = await opened('?refresh=off');
    await page.locator('.release-mark').first().waitFor();
    await page.locator('.release-mark').first().press('Enter');
    await page.locator('.release-panel').getByRole('button', { name: 'Close' }).press('Enter');
    await page.locator('.release-panel').waitFor({ state: 'detached' });
    await untilFocused(page.locator('.release-mark:focus'));
  });

  it('is on what opened the fields of a range, or of a filter, after Escape', async () => {
    const page = await opened('');
    for (const [name, form] of [
      ['Custom', '.custom-range'],
      ['Add filter', '.filter-form'],
    ] as const) {
      const opener = page.getByRole('button', { name, exact: true });
      await opener.press('Enter');
      await page.locator(form).locator('input, select').first().press('Escape');
      await page.locator(form).waitFor({ state: 'detached' });
      await untilFocused(opener);
    }
  });

  it('is on the view that took the place of another one with the link that led there', async () => {
    const page = await opened('?refresh=off');
    const main = page.locator('main');
    const isThere = async (): Promise<unknown> =>
      until('the view has it', () => main.evaluate((element) => element === document.activeElement));
    expect(await main.evaluate((element) => element === document.activeElement), 'at first').to.equal(false);
    await page.locator('table.endpoints tbody a.endpoint').first().press('Enter');
    await page.getByRole('heading', { level: 1 }).locator('bdi').waitFor();
    await isThere();
    await page.locator('.title a').press('Enter');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await isThere();
    const nav = page.getByRole('link', { name: 'Errors', exact: true });
    await nav.press('Enter');
    await page.locator('table.errors').waitFor();
    await untilFocused(nav);
  });

  it('is on a place that is in sight, also in a low window', async () => {
    const page = await opened('?refresh=off');
    await page.setViewportSize({ width: 320, height: 256 });
    await page.keyboard.press('/');
    await page.getByRole('option').nth(12).waitFor({ state: 'attached' });
    const selected = page.locator('[role=option][aria-selected=true]');
    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await page.keyboard.press(key);
      const box = await selected.boundingBox();
      expect(box?.y).to.be.above(0);
      expect((box?.y ?? 0) + (box?.height ?? 0)).to.be.below(256);
    }
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect((await selected.boundingBox())?.y, 'the last one').to.be.below(256);
    await takePicture(page, 'palette-320x256-light');
  });
});
