// On a phone: a chart is read and narrowed with a finger, and does not stand in the way of one that scrolls.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { CDPSession, Page } from 'playwright-core';
import { describeInBrowser, openPage } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

interface Place {
  readonly x: number;
  readonly y: number;
}

describeInBrowser('a chart under a finger', () => {
  let server: CerberusServer;
  let page: Page;
  let problems: readonly string[];
  let input: CDPSession;
  /** Of the chart of requests, in the window. */
  let at: (x: number, y: number) => Place;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, ...shopTraffic(Date.now()));
  });

  after(() => server.close());

  beforeEach(async () => {
    ({ page, problems } = await openPage(server, '?range=15m&refresh=off', { width: 360, touch: true }));
    const chart = page.locator('.chart .u-over').first();
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (box === null) throw new Error('no chart');
    at = (x, y) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
    input = await page.context().newCDPSession(page);
  });

  /** As a finger moves: in small steps. */
  async function drag(from: Place, to: Place): Promise<void> {
    await touch('touchStart', from);
    for (let step = 1; step <= 10; step += 1) {
      const part = step / 10;
      await touch('touchMove', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
    }
  }

  async function touch(type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: Place[]): Promise<void> {
    await input.send('Input.dispatchTouchEvent', { type, touchPoints: places });
  }

  const range = (): (string | null)[] =>
    ['since', 'until'].map((name) => new URL(page.url()).searchParams.get(name));

  it('that goes along it chooses a part of the range, and says what is under it on the way', async () => {
    const shown = page.locator('.legend').first();
    const before = Date.now();
    await drag(at(0.25, 0.5), at(0.75, 0.5));
    await until('the legend is of one interval', async () => /–/.test(await shown.innerText()));
    expect(range(), 'while the finger is down').to.deep.equal([null, null]);
    await touch('touchEnd');
    await page.waitForURL(/since=/);
    const [since = 0, end = 0] = range().map((text) => Date.parse(text ?? ''));
    const minutes = (end - since) / 60_000;
    expect(minutes).to.be.within(7, 8);
    expect((before - end) / 60_000).to.be.within(3, 5);
    await page.goBack();
    expect(range()).to.deep.equal([null, null]);
    expect(problems).to.deep.equal([]);
  });

  it('that goes up scrolls the page, and chooses nothing', async () => {
    const scrolled = await page.evaluate(() => scrollY);
    await drag(at(0.5, 0.9), { ...at(0.5, 0.9), y: at(0.5, 0.9).y - 200 });
    await touch('touchEnd');
    await until('the page has moved', async () => (await page.evaluate(() => scrollY)) > scrolled + 100);
    expect(range()).to.deep.equal([null, null]);
    expect(
      await page
        .locator('.u-select')
        .first()
        .evaluate((part) => part.clientWidth),
    ).to.equal(0);
  });

  it('that only taps shows the figures there', async () => {
    const { x, y } = at(0.5, 0.5);
    await page.touchscreen.tap(x, y);
    await until('the legend is of one interval', async () =>
      /–/.test(await page.locator('.legend').first().innerText()),
    );
    expect(range()).to.deep.equal([null, null]);
  });

  it('that another one joins chooses nothing: two make the page larger', async () => {
    await drag(at(0.25, 0.5), at(0.5, 0.5));
    await touch('touchStart', at(0.5, 0.5), at(0.8, 0.5));
    await touch('touchMove', at(0.4, 0.5), at(0.9, 0.5));
    await touch('touchEnd');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(range()).to.deep.equal([null, null]);
  });
});
