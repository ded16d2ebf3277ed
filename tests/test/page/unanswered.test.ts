// Each view while there is no answer yet, where the server refuses one, and where nothing answers.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page, Route } from 'playwright-core';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { store } from '../support/stored-traffic.js';

const VIEWS: Readonly<Record<string, string>> = {
  overview: '',
  requests: '?view=requests',
  errors: '?view=errors',
  latency: '?view=latency',
  compare: '?view=compare',
  consumers: '?view=consumers',
  metrics: '?view=metrics',
  endpoint: '?view=endpoint&method=GET&endpoint=%2Fx',
  sources: '?view=sources',
};
const WHY = 'too many questions wait for an answer';

/** All but who is reading, and what is stored now. */
const FIGURES = /\/api\/(?!session|live)/;

type Answer = (route: Route) => unknown;

const refuse: Answer = (route) => route.fulfill({ status: 503, json: { error: WHY } });

/** From now on questions get this instead of what they got before. */
async function answered(page: Page, asked: RegExp, answer: Answer): Promise<void> {
  await page.unrouteAll();
  await page.route(asked, async (route) => {
    await answer(route);
  });
}

describeInBrowser('a view without an answer', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, { endpoint: '/x', route: '/x', custom_data: { amount: 1 } });
  });

  after(() => server.close());

  /** A view, of whose questions one or all get something else than their answer. */
  async function opened(query: string, asked: RegExp, answer: Answer): Promise<Page> {
    const prepare = (page: Page): Promise<void> => answered(page, asked, answer);
    return (await openPage(server, query, { width: 360, prepare })).page;
  }

  for (const [view, query] of Object.entries(VIEWS)) {
    it(`says that it loads, why the server refused, and that it does not answer: ${view}`, async () => {
      const page = await opened(query, FIGURES, () => undefined);
      await page.locator('.loading').first().waitFor();
      await takePicture(page, `${view}-loading-360-light`);

      await answered(page, FIGURES, refuse);
      await page.reload();
      await page.getByRole('alert').getByText(WHY).first().waitFor();
      await takePicture(page, `${view}-refused-360-light`);
      expect(await page.locator('.loading').count(), 'still loading').to.equal(0);

      await answered(page, FIGURES, (route) => route.abort());
      await page.reload();
      await page.getByRole('status').getByText('The server does not answer.').waitFor();
      await takePicture(page, `${view}-cut-360-light`);
    });
  }

  it('says why one metric of several was refused', async () => {
    const page = await opened('?view=metrics', /\/api\/custom-metrics\/detail/, refuse);
    await page.getByRole('link', { name: 'amount' }).waitFor();
    await page.getByRole('alert').getByText(WHY).waitFor();
    expect(await page.locator('.loading').count(), 'still loading').to.equal(0);
  });

  it('says that nobody sent a metric in the range, and not that it is a list', async () => {
    const { page } = await openPage(server, '?view=metrics&name=nothing');
    await page.getByText('No request here has it.').waitFor();
  });
});
