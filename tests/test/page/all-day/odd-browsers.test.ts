// Browsers that keep nothing, have no room left, or do not say which language their reader has: the page is there all the same.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage } from '../../support/browser.js';
import { store } from '../../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const FORBIDDEN = `Object.defineProperty(window, 'localStorage', {
  get() { throw new DOMException('denied', 'SecurityError'); },
});`;
const FULL = `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };`;

/** As Safari after a hundred addresses within 30 s. */
const TIRED = `let taken = 0;
  for (const name of ['pushState', 'replaceState']) {
    const take = History.prototype[name];
    History.prototype[name] = function (...address) {
      taken += 1;
      if (taken > 3) throw new DOMException('too many', 'SecurityError');
      return take.apply(this, address);
    };
  }`;

/** A browser whose clock is wrong, in milliseconds. */
function wrongBy(millis: number): string {
  return `const now = Date.now;
    const wrong = () => now() + ${millis};
    globalThis.Date = class extends Date {
      constructor(...given) {
        super(...(given.length === 0 ? [wrong()] : given));
      }
      static now = wrong;
    };`;
}

/** A browser that says of its language what a script says. */
function speaking(languages: readonly string[]): string {
  return `Object.defineProperty(Navigator.prototype, 'languages', { get: () => ${JSON.stringify(languages)} });
    Object.defineProperty(Navigator.prototype, 'language', { get: () => ${JSON.stringify(languages[0] ?? '')} });`;
}

describeInBrowser('an odd browser', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    for (const length of [1000, 234])
      await store(server, ...Array.from({ length }, () => ({ endpoint: '/x', route: '/x' })));
  });

  after(() => server.close());

  async function openedAfter(
    script: string,
    query = '',
  ): Promise<{ page: Page; problems: readonly string[] }> {
    const prepare = async (page: Page): Promise<void> => {
      await page.addInitScript(script);
    };
    const opened = await openPage(server, query, { prepare });
    await opened.page.locator('table.endpoints tbody tr').waitFor();
    return opened;
  }

  for (const [what, script] of Object.entries({ 'forbids storage': FORBIDDEN, 'has no room left': FULL }))
    it(`that ${what} shows the page and changes its colours, and saving a view says that it is not kept`, async () => {
      const { page, problems } = await openedAfter(script);
      await page.getByRole('button', { name: 'Theme: system' }).click();
      await page.getByRole('button', { name: 'Theme: light' }).click();
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).to.equal('dark');
      await page.getByRole('button', { name: 'Go to…' }).click();
      await page.getByRole('combobox', { name: 'Go to' }).fill('the morning');
      await page.getByRole('option', { name: 'the morning Save this view' }).click();
      await page.getByRole('alert').getByText('This browser keeps nothing for the page').waitFor();
      expect(problems).to.deep.equal([]);
    });

  for (const [languages, requests] of [
    [['en-US@posix'], '1,234'],
    [['C', 'de-DE'], '1.234'],
    [[], '1,234'],
  ] as const)
    it(`writes numbers where its languages are ${JSON.stringify(languages)}`, async () => {
      const { page, problems } = await openedAfter(speaking(languages));
      await page.locator('.stat', { hasText: 'Requests' }).getByText(requests, { exact: true }).waitFor();
      expect(problems).to.deep.equal([]);
    });

  it('that did not get a file of the page, as while its server is upgraded, says so, and the page is there when it is loaded again', async () => {
    for (const missing of ['**/assets/*.js', '**/assets/*']) {
      const prepare = async (page: Page): Promise<void> => {
        await page.route(missing, (route) => route.fulfill({ status: 404, body: '{"error":"not found"}' }));
      };
      const { page } = await openPage(server, '', { prepare });
      // Where the style sheet came, it waits for a moment.
      await page.evaluate(() => {
        for (const animation of document.getAnimations()) animation.finish();
      });
      await page.getByText('Load it again.').waitFor();
      await page.unrouteAll();
      await page.reload();
      await page.locator('table.endpoints tbody tr').waitFor();
      expect(await page.getByText('Load it again.').count()).to.equal(0);
    }
  });

  for (const hours of [-2, 2])
    it(`whose clock is wrong by ${hours} h shows the range that is meant at once, also where it asks for it once`, async () => {
      const { page, problems } = await openedAfter(wrongBy(hours * 3_600_000), '?range=15m&refresh=off');
      await page.locator('.stat', { hasText: 'Requests' }).getByText('1,234', { exact: true }).waitFor();
      expect(problems).to.deep.equal([]);
    });

  it('that takes no more addresses for a while shows what is chosen', async () => {
    const { page, problems } = await openedAfter(TIRED);
    await page.getByRole('link', { name: 'Live', exact: true }).click();
    const words = page.getByRole('searchbox', { name: 'Words' });
    await words.pressSequentially('no request has this');
    await page.getByText('No request has these words.').waitFor();
    await words.fill('');
    await page.locator('table.events tbody tr').first().waitFor();
    expect(problems).to.deep.equal([]);
  });

  it('of 2023 shows the page, and gives up what nobody waits for', async () => {
    const { page, problems } = await openedAfter('delete AbortSignal.any; delete AbortSignal.timeout;');
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(new URL(request.url()).pathname));
    await page.route(/\/api\/week/, () => undefined);
    await page.getByRole('link', { name: 'Latency', exact: true }).click();
    await page.locator('.heatmap').waitFor();
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.locator('table.endpoints tbody tr').waitFor();
    await until('it is given up', () => failed.includes('/api/week'));
    expect(problems).to.deep.equal([]);
  });
});
