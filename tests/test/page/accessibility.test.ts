// Each view in both themes against axe-core's rules, with a picture of it at two widths.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';

/** Of views that have another shape at these. */
const WIDTHS: Readonly<Record<string, readonly number[]>> = { requests: [1440, 768], filtered: [1440, 768] };

describeInBrowser('accessibility', () => {
  let server: CerberusServer;
  let closed: CerberusServer;
  let axe: string;

  before(async () => {
    const options = { port: 0, host: '127.0.0.1', db: ':memory:' };
    server = await startServer({ ...options, signIn: false });
    closed = await startServer({ ...options, token: 'x' });
    await store(server, ...shopTraffic(Date.now()));
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  after(async () => {
    await server.close();
    await closed.close();
  });

  const views: Readonly<Record<string, readonly [query: string, ready: string]>> = {
    overview: ['?range=15m', 'table.endpoints tbody tr'],
    requests: ['?view=requests&range=15m&column=amount', 'table.requests tbody tr'],
    live: ['?view=live', 'table.events tbody tr'],
    metrics: ['?view=metrics&range=15m&name=amount', '.histogram'],
    endpoint: ['?view=endpoint&range=15m&method=POST&endpoint=%2Fcheckout', 'table.events tbody tr'],
    consumers: ['?view=consumers&by=client&range=15m', 'table.consumers tbody tr'],
    errors: ['?view=errors&range=15m', 'table.errors tbody tr'],
    latency: ['?view=latency&range=15m', '.week td'],
    sources: ['?view=sources', 'table.sources tbody tr'],
    tokens: ['?view=tokens', 'table.tokens tbody tr'],
    filtered: ['?range=15m&failed=true&latency_ms_min=20&endpoint_contains=products', '.chip'],
    nothing: ['?range=15m&client_id=nobody', '.nothing'],
    'sign-in': ['', '#token'],
  };
  for (const [view, [query, ready]] of Object.entries(views)) {
    it(`breaks no rule in ${view}, in either theme, and fits into 360 px`, async () => {
      const { page, problems } = await openPage(
        ['sign-in', 'tokens'].includes(view) ? closed : server,
        query,
      );
      if (view === 'tokens') {
        await page.getByLabel('Token').fill('x');
        await page.keyboard.press('Enter');
      }
      await page.locator(ready).first().waitFor();
      if (view === 'requests') {
        await page.locator('button.row').nth(1).click();
        await page.locator('.neighbours').waitFor();
      }
      if (view === 'filtered') await page.getByRole('button', { name: 'Add filter' }).click();
      if (view === 'live') await page.locator('button.row').first().click();
      // From the test and not from the page, so the page's policy does not keep it out.
      await page.evaluate(axe);
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.locator(`html[data-theme="${theme}"]`).waitFor();
        await takePicture(page, `${view}-1280-${theme}`);
        expect(await violations(page), theme).to.deep.equal([]);
      }
      for (const width of WIDTHS[view] ?? []) {
        await page.setViewportSize({ width, height: 900 });
        await takePicture(page, `${view}-${width}-dark`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width').to.equal(width);
      }
      await page.setViewportSize({ width: 360, height: 800 });
      await takePicture(page, `${view}-360-dark`);
      expect(await violations(page), 'at 360 px').to.deep.equal([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), 'width').to.equal(360);
      expect(problems).to.deep.equal([]);
    });
  }

  it('lets one reach everything with the keyboard, in the order in which it is read', async () => {
    const { page } = await openPage(server, '?range=15m');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    const reached: string[] = [];
    for (let step = 0; step < 18; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => (document.activeElement as HTMLElement).innerText.trim()));
    }
    expect(reached.slice(0, 12)).to.deep.equal([
      'Skip to content',
      'Cerberus',
      'Overview',
      'Requests',
      'Errors',
      'Latency',
      'Live',
      'Consumers',
      'Metrics',
      'Sources',
      'Go to…',
      'Theme: system',
    ]);
    expect(reached.slice(12, 18)).to.deep.equal(['15 min', '1 h', '24 h', '7 d', '30 d', 'Custom']);
  });
});
