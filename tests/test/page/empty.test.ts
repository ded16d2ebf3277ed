// What a reader sees before there is anything to see, and when the server does not like the question.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { openPage, takePicture } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { store } from '../support/stored-traffic.js';

describeOnEachStore('a page without requests', (emptyStore) => {
  let server: CerberusServer;

  beforeEach(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
  });

  afterEach(() => server.close());

  it('shows how to connect a first application, with its own address, and then its requests', async () => {
    const { page, problems } = await openPage(server, '?range=15m');
    await page.getByText('No requests yet').waitFor();
    await takePicture(page, 'connect-1280-light');
    const snippet = await page.locator('.snippet pre').innerText();
    expect(snippet).to.include(`export CERBERUS_WS_URL=${server.wsUrl}\n`);
    expect(snippet).to.include(`export CERBERUS_BACKEND_URL=${server.url}\n`);
    expect(snippet, 'the token is nothing to show').not.to.include(server.token);
    await store(server, { endpoint: '/first' });
    await page.getByRole('link', { name: 'GET /first' }).waitFor({ timeout: 15_000 });
    expect(problems).to.deep.equal([]);
  });

  it('leads to a wider range when there are requests, but not in this one', async () => {
    await store(server, { endpoint: '/old', timestamp: new Date(Date.now() - 30 * 60_000).toISOString() });
    const { page } = await openPage(server, '?range=15m');
    await page.getByRole('link', { name: 'Look at the last hour' }).click();
    await page.getByRole('link', { name: 'GET /old' }).waitFor();
  });

  it('shows in words why the server refused', async () => {
    await store(server, { endpoint: '/x' });
    const { page } = await openPage(server, '?range=1h');
    await page.getByRole('link', { name: 'GET /x' }).waitFor();
    await page.route('**/api/overview*', (route) =>
      route.fulfill({ status: 400, json: { error: '`since` must be before `until`' } }),
    );
    await page.reload();
    await page.getByRole('alert').getByText('`since` must be before `until`').waitFor();
  });

  it('does not call a server without requests that has some of another application than the one that is chosen', async () => {
    await store(server, { endpoint: '/x' });
    const { page } = await openPage(server, '?view=sources&client_id=forgotten');
    await page.getByText('No exporter of this application is known').waitFor();
    await takePicture(page, 'sources-of-nobody-1280-light');
    expect(await page.getByText('No requests yet').count()).to.equal(0);
    await page.getByRole('link', { name: 'Look at all applications' }).click();
    await page.locator('table.sources tbody tr', { hasText: 'shop' }).waitFor();
  });
});
