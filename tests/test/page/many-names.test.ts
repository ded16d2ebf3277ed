// A sender that made up thousands of names: the page shows a few of them, says how many more there are, and finds each.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { openPage } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { store } from '../support/stored-traffic.js';

const NAMES = 3000;

describeOnEachStore('thousands of names', (emptyStore) => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
    for (let from = 0; from < NAMES; from += 1000) {
      const events = Array.from({ length: 1000 }, (_, n) => ({
        client_id: `app-${from + n}`,
        endpoint: `/path/${from + n}`,
        route: `/path/${from + n}`,
        deployment_environment: `environment-${from + n}`,
        consumer_group: `group-${from + n}`,
        custom_data: { [`metric-${from + n}`]: n },
      }));
      await store(server, ...events);
    }
  });

  after(() => server.close());

  const views = {
    sources: {
      query: '?view=sources',
      of: 'applications and exporters',
      found: 'app-2719',
      rest: /2,950 more applications/,
    },
    metrics: {
      query: '?view=metrics&range=1h',
      of: 'metrics',
      found: 'metric-2719',
      rest: /2,900 more metrics/,
    },
    overview: { query: '?range=1h', of: 'endpoints', found: '/path/2719', rest: /1,000 more endpoints/ },
  };
  for (const [view, { query, of, found, rest }] of Object.entries(views)) {
    it(`are few in ${view}, and each is found`, async () => {
      const { page, problems } = await openPage(server, query);
      await page.getByText(rest).waitFor();
      const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
      expect(nodes).to.be.below(3000);
      await page.getByRole('searchbox', { name: `Search ${of}` }).fill(found.toUpperCase());
      await page.locator('main').getByText(found, { exact: true }).first().waitFor();
      await page.getByText(rest).waitFor({ state: 'detached' });
      expect(problems).to.deep.equal([]);
    });
  }

  for (const [view, query, of] of [
    ['sources', '?view=sources', 'applications and exporters'],
    ['metrics', '?view=metrics&range=1h', 'metrics'],
    ['overview', '?range=1h', 'endpoints'],
    ['consumers', '?view=consumers&by=group&range=1h', 'groups'],
  ] as const)
    it(`let one go on in the field where nothing was found: ${view}`, async () => {
      const { page } = await openPage(server, `${query}&refresh=off`);
      const field = page.getByRole('searchbox', { name: `Search ${of}` });
      await field.pressSequentially('zzz');
      await page
        .getByText(/^(Nothing has that in it|No endpoint has this text|Nobody here is called so)\.$/)
        .or(page.locator('nav.list ul:empty'))
        .waitFor({ state: 'attached' });
      for (let count = 0; count < 3; count += 1) await page.keyboard.press('Backspace');
      await page.locator('main :is(th a, th bdi, nav.list a)').first().waitFor();
      expect(await field.evaluate((element) => element === document.activeElement)).to.equal(true);
    });

  it('are few to compare with, which says so', async () => {
    const { page } = await openPage(server, '?view=compare&range=1h&refresh=off');
    await page
      .getByRole('combobox', { name: 'Compare with' })
      .getByText('2,800 more')
      .waitFor({ state: 'attached' });
    await page
      .getByRole('combobox', { name: 'Environment' })
      .getByText('There are more.')
      .waitFor({ state: 'attached' });
  });
});
