// Each view in both themes against axe-core's rules, with pictures of it at three widths.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { randomTraffic } from '../figures/random-traffic.js';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const WIDTHS = [1440, 768, 360];
/** Of these, where the rules are held against it: between them nothing else is shown. */
const RULED: ReadonlySet<number> = new Set([1440, 360]);
/** One picture of each width and theme; `PICTURES=all` gives all six of a view. */
const PICTURES: ReadonlySet<string> = new Set(['1440-light', '768-dark', '360-light']);
const THEMES = ['light', 'dark'] as const;
const HEIGHT = 900;
const EVENTS = 600;

interface LookedAt {
  readonly query: string;
  /** What must be there. */
  readonly ready: string;
  /** What is done then. */
  readonly act?: (page: Page) => Promise<void>;
}

const VIEWS: Readonly<Record<string, LookedAt>> = {
  overview: {
    query: '?range=7d',
    ready: 'table.endpoints tbody tr',
    act: async (page) => {
      await page
        .getByRole('button', { name: /^Release .* first seen/ })
        .first()
        .click();
      await page.locator('.release-panel .around').first().waitFor();
    },
  },
  requests: {
    query: '?view=requests&range=15m&client_id=office&column=amount',
    ready: 'table.requests tbody tr',
    act: async (page) => {
      await page.locator('button.row').nth(1).click();
      await page.locator('.neighbours').waitFor();
    },
  },
  live: {
    query: '?view=live',
    ready: 'table.events tbody tr',
    act: (page) => page.locator('button.row').first().click(),
  },
  metrics: { query: '?view=metrics&range=7d&name=amount', ready: '.histogram' },
  'metrics-text': { query: '?view=metrics&range=7d&name=plan', ready: '.metric-detail .bars li' },
  endpoint: {
    query: '?view=endpoint&range=7d&client_id=shop&endpoint=(no+route)',
    ready: 'table.events tbody tr',
  },
  consumers: { query: '?view=consumers&range=24h', ready: 'table.consumers tbody tr' },
  errors: { query: '?view=errors&range=24h', ready: 'table.errors tbody tr' },
  latency: { query: '?view=latency&range=7d', ready: '.week td' },
  compare: {
    query: '?view=compare&range=7d&client_id=shop&against_client_id=jobs',
    ready: '.side:nth-child(2) .stat',
  },
  sources: { query: '?view=sources', ready: 'table.sources tbody tr' },
  alerts: { query: '?view=alerts', ready: 'main form' },
  tokens: { query: '?view=tokens', ready: 'table.tokens tbody tr' },
  filtered: {
    query: '?range=7d&failed=true&latency_ms_min=20&endpoint_contains=products',
    ready: '.chip',
    act: (page) => page.getByRole('button', { name: 'Add filter' }).click(),
  },
  nothing: { query: '?range=15m&client_id=nobody', ready: '.nothing' },
  'sign-in': { query: '', ready: '#token' },
};

/** Views that need somebody who signs in, or who has not yet. */
const OF_THE_CLOSED: ReadonlySet<string> = new Set(['alerts', 'tokens', 'sign-in']);

/** Badges that lie over the next cell of their table. */
function outsideTheirCells(page: Page): Promise<readonly string[]> {
  return page
    .locator('td .badge')
    .evaluateAll((badges) =>
      badges.flatMap((badge) =>
        badge.getBoundingClientRect().right > (badge.closest('td')?.getBoundingClientRect().right ?? 0)
          ? [badge.textContent ?? '']
          : [],
      ),
    );
}

/** Tables that a screen reader lists without saying what of: a heading nearby is no name. */
function withoutName(page: Page): Promise<readonly string[]> {
  return page
    .locator('table')
    .evaluateAll((tables) =>
      (tables as HTMLTableElement[])
        .filter((table) => !(table.ariaLabel || table.caption?.textContent))
        .map((table) => table.className),
    );
}

describeInBrowser('accessibility', () => {
  let server: CerberusServer;
  let closed: CerberusServer;
  let axe: string;

  before(async function () {
    this.timeout(60_000);
    const options = { port: 0, host: '127.0.0.1', db: ':memory:' };
    server = await startServer({ ...options, signIn: false });
    closed = await startServer({ ...options, token: 'x' });
    const now = Date.now();
    const sent = randomTraffic(seededRandom(7), EVENTS, now);
    await store(server, ...sent);
    await store(server, ...shopTraffic(now).map((event) => ({ ...event, client_id: 'office' })));
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  after(async () => {
    await server.close();
    await closed.close();
  });

  for (const [view, { query, ready, act }] of Object.entries(VIEWS)) {
    it(`breaks no rule in ${view}, in either theme, and fits into its width`, async () => {
      const { page, problems } = await openPage(OF_THE_CLOSED.has(view) ? closed : server, query);
      if (OF_THE_CLOSED.has(view) && view !== 'sign-in') {
        await page.getByLabel('Token').fill('x');
        await page.keyboard.press('Enter');
      }
      await page.locator(ready).first().waitFor();
      await act?.(page);
      await until('all is there', async () => (await page.locator('.loading').count()) === 0);
      // From the test and not from the page, so the page's policy does not keep it out.
      await page.evaluate(axe);
      expect(await withoutName(page)).to.deep.equal([]);
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme });
        await page.locator(`html[data-theme="${theme}"]`).waitFor();
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: HEIGHT });
          const name = `${width}-${theme}`;
          if (PICTURES.has(name) || process.env['PICTURES'] === 'all')
            await takePicture(page, `${view}-${name}`);
          const where = `${theme}, at ${width} px`;
          await untilItFits(page, width, where);
          expect(await outsideTheirCells(page), where).to.deep.equal([]);
          if (RULED.has(width)) expect(await violations(page), where).to.deep.equal([]);
        }
      }
      expect(problems).to.deep.equal([]);
    });
  }

  it('lets one reach everything with the keyboard, in the order in which it is read', async () => {
    const { page } = await openPage(server, '?range=15m');
    await page.locator('table.endpoints tbody tr').first().waitFor();
    const reached: string[] = [];
    for (let step = 0; step < 19; step += 1) {
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
    expect(reached[12]).to.match(/^All\n/);
    expect(reached.slice(13, 19)).to.deep.equal(['15 min', '1 h', '24 h', '7 d', '30 d', 'Custom']);
  });
});
