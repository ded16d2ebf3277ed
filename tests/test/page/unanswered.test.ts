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

  /** The secret of a link to an overview. */
  async function shareOf(range: string): Promise<string> {
    const made = await fetch(`${server.url}/api/shares`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ view: 'overview', range, valid_for: '1d' }),
    });
    return ((await made.json()) as { secret: string }).secret;
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

  it('asks again for one part of a view that no answer came to, and says so, while the others are there', async () => {
    let isLost = true;
    const lose: Answer = (route) => (isLost ? route.abort() : route.continue());
    const query = `?since=2026-01-01T00:00:00Z&until=${new Date(Date.now() + 60_000).toISOString()}`;
    const page = await opened(query, /\/api\/clients/, lose);
    const clients = page.getByRole('region', { name: 'Top clients' });
    await clients.getByText('No answer came').waitFor();
    await page.locator('table.endpoints tbody tr').first().waitFor();
    expect(await page.getByText('The server does not answer.').count(), 'as long as one is lost').to.equal(1);
    isLost = false;
    await clients.getByText('No request here has a pseudonym').waitFor();
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
  });

  for (const [status, words] of [
    [429, 'Status 429.'],
    [431, 'The filter is too long to be asked with.'],
    [504, 'No answer came; it is asked for again.'],
  ] as const)
    it(`says what became of a question that a proxy answered with ${status} and a page of its own`, async () => {
      const fulfil: Answer = (route) =>
        route.fulfill({ status, contentType: 'text/html', body: '<h1>No</h1>' });
      const page = await opened('', /\/api\/clients/, fulfil);
      await page.getByRole('region', { name: 'Top clients' }).getByText(words).waitFor();
    });

  it('says that a filter is too long for the server itself', async () => {
    const long = 'é'.repeat(2000);
    const { page } = await openPage(server);
    await page.getByRole('heading', { name: 'Top clients' }).waitFor();
    await page.evaluate(
      (search) => {
        history.pushState(null, '', search);
        dispatchEvent(new PopStateEvent('popstate'));
      },
      `?${new URLSearchParams({ path: long, user_id: long }).toString()}`,
    );
    await page.getByRole('alert').getByText('the filter is too long to be asked with').first().waitFor();
  });

  it('says that nobody sent a metric in the range, and not that it is a list', async () => {
    const { page } = await openPage(server, '?view=metrics&name=nothing');
    await page.getByText('No request here has it.').waitFor();
  });

  it('says why a share link shows nothing yet', async () => {
    let isBusy = true;
    const answer: Answer = (route) => (isBusy ? refuse(route) : route.continue());
    const page = await opened(`#${await shareOf('24h')}`, /\/api\/session/, answer);
    await page.getByRole('alert').getByText(WHY).waitFor();
    await takePicture(page, 'shared-refused-360-light');
    isBusy = false;
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Read-only, valid until').waitFor();
  });

  it('does not take a share link for over where a proxy counts its questions', async () => {
    let isTooMany = false;
    const answer: Answer = (route) =>
      isTooMany
        ? route.fulfill({ status: 429, contentType: 'text/html', body: '<h1>No</h1>' })
        : route.continue();
    const page = await opened(`#${await shareOf('15m')}`, /\/api\/session/, answer);
    await page.getByText('Read-only, valid until').waitFor();
    isTooMany = true;
    await page.waitForResponse((response) => response.status() === 429);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await page.getByText('This link is not valid').count(), 'while it is open').to.equal(0);
    await page.reload();
    await page.getByRole('alert').getByText('status 429').waitFor();
    isTooMany = false;
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Read-only, valid until').waitFor();
  });
});
