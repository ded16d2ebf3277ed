// What failed, since when, and the requests behind it.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { openPage, takePicture } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

describeOnEachStore('errors on the page', (emptyStore) => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
    const now = Date.now();
    const failed = { status_code: 503, outcome: 'error', endpoint: '/pay', route: '/pay', method: 'POST' };
    await store(
      server,
      ...shopTraffic(now),
      ...[300, 200, 100].map((seconds) => ({
        ...failed,
        error_type: 'PoolExhausted',
        timestamp: new Date(now - seconds * 1000).toISOString(),
      })),
    );
  });

  after(() => server.close());

  it('are listed by class, status and endpoint, and each leads to its requests', async () => {
    const { page, problems } = await openPage(server, '?view=errors&range=15m&refresh=off');
    const rows = page.locator('table.errors tbody tr');
    await rows.first().waitFor();
    const classes = page.getByRole('region', { name: 'By class' });
    await classes.getByText('PoolExhausted').waitFor();
    const counted = await rows.locator('td.number').allTextContents();
    const all = counted.reduce((sum, text) => sum + Number(text), 0);
    expect(all, 'some have no class').to.be.greaterThan(3);
    expect(await classes.locator('.note').textContent()).to.match(
      new RegExp(`^${Math.round((3 / all) * 100)}\\W?%$`),
    );
    await page.getByRole('region', { name: 'By status' }).getByText('503').waitFor();
    await page.getByRole('region', { name: 'By endpoint' }).getByText('/pay').waitFor();
    await takePicture(page, 'errors-1280-light');
    await rows.getByRole('link', { name: 'PoolExhausted' }).click();
    await until(
      'three requests are shown',
      async () => (await page.locator('table.requests tbody tr').count()) === 3,
    );
    expect(Object.fromEntries(new URL(page.url()).searchParams)).to.include({
      view: 'requests',
      failed: 'true',
      status: '503',
      error_type: 'PoolExhausted',
      endpoint: '/pay',
      method: 'POST',
      client_id: 'shop',
    });
    expect(problems).to.deep.equal([]);
  });
});
