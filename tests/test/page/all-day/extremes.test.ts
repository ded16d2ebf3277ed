// Names and numbers that nobody has thought of: everything can still be read.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../../support/browser.js';
import { store } from '../../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const LONG_NAME = `application-${'x'.repeat(88)}`;
const LONG_TEXT = 'text'.repeat(75);
/** Keeps what is written on canvases, and in which colours. */
const LISTEN = `globalThis.written = [];
  globalThis.inks = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    globalThis.written.push(text);
    globalThis.inks.push(this.fillStyle);
    return write.call(this, text, ...place);
  };`;

describeInBrowser('extremes', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    const events = Array.from({ length: 40 }, (_, index) => ({
      client_id: index % 2 === 0 ? LONG_NAME : 'shop',
      endpoint: '/x',
      route: '/x',
      latency_ms: 10 + index,
      ...(index === 0 && { status_code: 500, outcome: 'error' }),
      custom_data: { balance: index - 400, mixed: index % 2 === 0 ? index : LONG_TEXT },
    }));
    await store(server, ...events);
  });

  after(() => server.close());

  it('of a metric below zero are on its chart', async () => {
    const prepare = async (page: Page): Promise<void> => {
      await page.addInitScript(LISTEN);
    };
    const { page } = await openPage(server, '?view=metrics&name=balance', { prepare });
    await page.locator('.metric-detail .u-wrap').waitFor();
    await page.waitForFunction("globalThis.written.includes('-400')");
    await takePicture(page, 'metric-below-zero-1280-light');
  });

  it('of texts need no more room than there is, beside numbers and without', async () => {
    for (const width of [320, 1280]) {
      const { page } = await openPage(server, '?view=metrics&name=mixed', { width });
      await page.locator('table.groups').waitFor();
      await untilItFits(page, width);
      const height = await page.locator('table.groups').evaluate((table) => table.clientHeight);
      expect(height, `at ${width} px`).to.be.below(300);
    }
  });

  it('of names leave the numbers beside them in sight', async () => {
    for (const width of [320, 640, 1280]) {
      const { page } = await openPage(server, '', { width });
      const line = page.locator('tr.group', { hasText: LONG_NAME });
      await line.waitFor();
      const box = await line.getByText('20 requests, 1 endpoint').boundingBox();
      expect((box?.x ?? width) + (box?.width ?? width), `at ${width} px`).to.be.at.most(width);
    }
  });

  it('of names stay in their place in a table of errors', async () => {
    const { page } = await openPage(server, '?view=errors');
    const cell = page.locator('.errors td.application');
    await cell.waitFor();
    expect(await cell.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).to.equal(0);
  });

  it('of names leave what is chosen beside them in one line', async () => {
    const { page } = await openPage(server, '');
    await page.locator('.controls option', { hasText: LONG_NAME }).waitFor({ state: 'attached' });
    const middles = await page
      .locator('.controls select, .controls .segments')
      .evaluateAll((all) =>
        all.map((each) => each.getBoundingClientRect()).map(({ y, height }) => y + height / 2),
      );
    expect(middles).to.have.lengthOf(2);
    expect(middles[0]).to.be.closeTo(middles[1] ?? 0, 3);
  });

  it('of contrast keep the texts of charts: they are written in the colours of the reader, whatever theme is chosen', async () => {
    const prepare = async (page: Page): Promise<void> => {
      await page.addInitScript(LISTEN);
      await page.addInitScript("localStorage.setItem('cerberus-theme', 'light')");
      await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
    };
    const { page } = await openPage(server, '', { prepare });
    await until(
      'texts are written',
      async () => (await page.evaluate<number>('globalThis.written.length')) > 5,
    );
    const inks = await page.evaluate<readonly string[]>('[...new Set(globalThis.inks)]');
    expect(inks).to.deep.equal(['#ffffff']);
    await takePicture(page, 'overview-forced-colours-1280');
  });

  it('of contrast keep the bars: they are drawn in the colours of the reader', async () => {
    const prepare = (page: Page): Promise<void> => page.emulateMedia({ forcedColors: 'active' });
    const { page } = await openPage(server, '?view=latency', { prepare });
    await page.locator('.week .shade').first().waitFor();
    const grounds = await page.evaluate(() => {
      const chosen = document.createElement('p');
      chosen.style.cssText = 'forced-color-adjust: none; background: Highlight';
      document.body.append(chosen);
      const drawn = [document.querySelector('.column .bar'), document.querySelector('.week .shade'), chosen];
      return drawn.map((element) => element && getComputedStyle(element).backgroundColor);
    });
    expect(grounds[0]).to.equal(grounds[2]);
    expect(grounds[1]).to.equal(grounds[2]);
    await takePicture(page, 'latency-forced-colours-1280');
  });

  it('of a text, which is empty, is to be seen', async () => {
    await store(server, { endpoint: '/x', route: '/x', custom_data: { plan: '' } });
    const { page } = await openPage(server, '?view=metrics&name=plan');
    await page.locator('.bars .label', { hasText: '""' }).waitFor();
    await page.getByText('in 1 request,').waitFor();
    await page.locator('table.groups td bdi', { hasText: '""' }).waitFor();
  });
});
