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

describeInBrowser('a view without an answer', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    await store(server, { endpoint: '/x', route: '/x', custom_data: { amount: 1 } });
  });

  after(() => server.close());

  /** Opens a view, of whose questions one or all get something else than their answer. */
  async function opened(query: string, asked: RegExp, answer: (route: Route) => unknown): Promise<Page> {
    const prepare = async (page: Page): Promise<void> => {
      await page.route(asked, async (route) => {
        await answer(route);
      });
    };
    return (await openPage(server, query, { width: 360, prepare })).page;
  }

  const figures = /\/api\/(?!session|live)/;
  const refuse = (route: Route): Promise<void> => route.fulfill({ status: 503, json: { error: WHY } });

  for (const [view, query] of Object.entries(VIEWS)) {
    it(`says that it loads, why the server refused, and that it does not answer: ${view}`, async () => {
      const loading = await opened(query, figures, () => undefined);
      await loading.locator('.loading').first().waitFor();
      await takePicture(loading, `${view}-loading-360-light`);

      const refused = await opened(query, figures, refuse);
      await refused.getByRole('alert').getByText(WHY).first().waitFor();
      await takePicture(refused, `${view}-refused-360-light`);
      expect(await refused.locator('.loading').count(), 'still loading').to.equal(0);

      const cut = await opened(query, figures, (route) => route.abort());
      await cut.getByRole('status').getByText('The server does not answer.').waitFor();
      await takePicture(cut, `${view}-cut-360-light`);
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
