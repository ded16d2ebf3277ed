// Whom requests are for, and what began with a release.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { releasedTraffic, shopTraffic, store } from '../support/stored-traffic.js';
import { findAnswer } from '../support/story.js';
import { until } from '@cerberus-otel/test-support/deadline';

describeInBrowser('the consumers of the page', () => {
  let server: CerberusServer;
  let unnamed: CerberusServer;

  before(async () => {
    const options = { port: 0, host: '127.0.0.1', db: ':memory:', signIn: false } as const;
    [server, unnamed] = await Promise.all([startServer(options), startServer(options)]);
    await store(server, ...releasedTraffic(Date.now()));
    await store(unnamed, ...shopTraffic(Date.now()));
  });

  after(() => Promise.all([server.close(), unnamed.close()]));

  const params = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);
  const rows = (page: Page): Promise<string[]> =>
    page
      .locator('table.consumers tbody tr')
      .evaluateAll((all) => all.map((row) => (row as HTMLElement).innerText.replaceAll(/\s+/g, ' ')));

  async function listed(page: Page, ...names: readonly string[]): Promise<void> {
    await until(`${names.join(', ')} are listed`, async () => {
      const shown = (await rows(page)).map((row, index) => row.startsWith(names[index] ?? '\n'));
      return shown.length === names.length && shown.every(Boolean);
    });
  }

  it('tells in at most four clicks which consumer got the errors that began with a release', async () => {
    await findAnswer(server, 'Which consumer got the 500s that began with release 1.4.2?', async (page) => {
      await page
        .getByRole('button', { name: /^Release 1\.4\.2 of shop/ })
        .first()
        .click();
      await takePicture(page, 'release-1280-light');
      await page.getByRole('link', { name: /^500$/ }).first().click();
      await listed(page, 'Globex');
      const expected = { view: 'consumers', release: '1.4.2', status: '500', client_id: 'shop' };
      expect(params(page)).to.include(expected);
    });
  });

  it('lists them with their figures, in the order that one asks for, and says who is new', async () => {
    const { page } = await openPage(server, '?view=consumers&range=1h&refresh=off');
    await page.locator('table.consumers tbody tr').nth(2).waitFor();
    await page.getByText('3 consumers, 1 new, 2 returning').waitFor();
    await page.getByRole('button', { name: 'Error rate' }).click();
    await until('Globex is the first', async () => (await rows(page))[0]?.startsWith('Globex pro') === true);
    expect(params(page)).to.include({ view: 'consumers', sort: 'error_rate' });
    expect((await rows(page)).filter((row) => / new /.test(row))).to.have.length(1);
  });

  it('does not call everybody new where the range before was not kept', async () => {
    const { page } = await openPage(server, '?view=consumers&range=6h&refresh=off');
    await page.getByText('Who is new is not known').waitFor();
    await page.getByText(/^3 consumers$/).waitFor();
    expect((await rows(page)).filter((row) => / new /.test(row))).to.deep.equal([]);
  });

  it('leads from a consumer to its figures, and from each number to its requests', async () => {
    const { page } = await openPage(server, '?view=consumers&refresh=off');
    const globex = page.locator('table.consumers tbody tr', { hasText: 'Globex' });
    await globex.locator('td').nth(1).getByRole('link').click();
    await page.locator('table.requests tbody tr').first().waitFor();
    expect(params(page)).to.include({ view: 'requests', failed: 'true' });
    expect(params(page)['consumer']).to.match(/^[0-9a-f]{64}$/);
    await page.goBack();
    await globex.getByRole('link', { name: 'Globex' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(params(page)).to.have.property('consumer');
  });

  it('lists groups and clients as well, and finds a label', async () => {
    const { page } = await openPage(server, '?view=consumers&refresh=off');
    await page.getByRole('button', { name: 'Groups' }).click();
    await listed(page, 'pro');
    expect(params(page)).to.include({ by: 'group' });
    await page.getByRole('button', { name: 'Clients' }).click();
    await page.getByText(/^12 clients/).waitFor();
    await page.goBack();
    await listed(page, 'pro');
  });

  it('says how to name them where no request does, and what to do where a filter leaves none', async () => {
    const { page } = await openPage(unnamed, '?view=consumers&range=15m&refresh=off');
    await page.getByText('setConsumer(account.id').waitFor();
    await page.getByRole('link', { name: 'Look at pseudonymous clients' }).click();
    await page.locator('table.consumers tbody tr').nth(11).waitFor();
    const { page: filtered } = await openPage(server, '?view=consumers&status=418&refresh=off');
    await filtered.getByRole('link', { name: 'Remove the filter' }).click();
    await filtered.locator('table.consumers tbody tr').nth(2).waitFor();
  });

  it('marks a release on the charts, with what changed, for the keyboard too', async () => {
    const { page } = await openPage(server, '?refresh=off');
    const mark = page.getByRole('button', { name: /^Release 1\.4\.2 of shop, first seen/ }).first();
    await mark.focus();
    const tip = page.locator('.release-tip');
    await tip.getByText(/Error rate 3\.\d.% → 6\.\d.%/).waitFor();
    await tip.getByText(/p95 [\d.]+.ms → [\d.]+.ms/).waitFor();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('region', { name: 'Release 1.4.2 of shop' });
    await panel.getByText('after 1.4.1').waitFor();
    await until('the new errors are listed', async () => {
      const errors = await panel.locator('.bars .label').allTextContents();
      return JSON.stringify(errors) === '["500","TypeError"]';
    });
    await panel.getByRole('button', { name: 'Close' }).click();
    expect(await panel.count()).to.equal(0);
  });

  it('searches for no more than the server does, so that one can go on', async () => {
    for (let index = 0; index < 60; index += 1)
      await store(unnamed, { client_id: 'many', endpoint: '/', consumer_group: `group ${index}` });
    const { page } = await openPage(unnamed, '?view=consumers&by=group&client_id=many&refresh=off');
    const search = page.getByRole('searchbox', { name: 'Search groups' });
    await search.fill('x'.repeat(300));
    await page.getByText('Nobody here is called so.').waitFor();
    await search.fill('group 59');
    await listed(page, 'group 59');
  });
});
