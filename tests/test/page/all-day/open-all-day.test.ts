// A tab that stays open: it is not looked at, the server is replaced behind a proxy, and whoever signs in again is somebody else.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage } from '../../support/browser.js';
import { store } from '../../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'the-token-of-the-tests';
const LIVE = /\/api\/live/;

/** The browser says that the tab is in sight, or not. */
async function setSeen(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, !isSeen);
}

describeInBrowser('a tab that stays open', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    await store(server, { endpoint: '/before', route: '/before' });
  });

  after(() => server.close());

  async function issue(name: string): Promise<{ readonly id: string; readonly token: string }> {
    const response = await fetch(`${server.url}/api/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, purpose: 'read' }),
    });
    return (await response.json()) as { id: string; token: string };
  }

  async function revoke(id: string): Promise<void> {
    await fetch(`${server.url}/api/tokens?id=${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  }

  async function signIn(page: Page, token: string): Promise<void> {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Signed in, with a clock that the test turns on. */
  async function opened(query: string, token = TOKEN): Promise<Page> {
    const { page } = await openPage(server, query, { prepare: (each) => each.clock.install() });
    await signIn(page, token);
    return page;
  }

  const connected = (page: Page): Promise<void> => page.getByText('Connected', { exact: true }).waitFor();

  it('lets go of its live connection a minute after it went out of sight, and shows what it missed', async () => {
    const page = await opened('?view=live');
    await connected(page);
    const gone: string[] = [];
    page.on('requestfailed', (request) => gone.push(request.url()));
    await setSeen(page, false);
    await page.clock.fastForward(30_000);
    expect(await page.getByText('Connected', { exact: true }).count(), 'after half a minute').to.equal(1);
    await until('the connection is gone', async () => {
      await page.clock.fastForward(31_000);
      return gone.some((url) => LIVE.test(url));
    });
    await store(server, { endpoint: '/unseen' });
    await setSeen(page, true);
    await connected(page);
    await page.locator('tr', { hasText: '/unseen' }).waitFor();
  });

  it('keeps a paused list over an hour out of sight', async () => {
    const page = await opened('?view=live&client_id=paused');
    await store(server, { client_id: 'paused', endpoint: '/looked-at' });
    await connected(page);
    await page.locator('tr', { hasText: '/looked-at' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await setSeen(page, false);
    await page.clock.fastForward(3_600_000);
    await store(server, { client_id: 'paused', endpoint: '/later' });
    await setSeen(page, true);
    await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor();
    expect(await page.locator('tbody .row').allInnerTexts()).to.deep.equal(['GET /looked-at']);
  });

  it('is live again after a proxy answered while the server was away', async () => {
    const page = await opened('?view=errors');
    await page.getByRole('heading', { name: 'Errors' }).waitFor();
    let answered = 0;
    await page.route(LIVE, async (route) => {
      answered += 1;
      await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
    });
    await page.getByRole('link', { name: 'Live' }).click();
    await until('the proxy has answered', () => answered > 0);
    await page.getByText('Not connected').waitFor();
    await page.unroute(LIVE);
    await until('it is connected', async () => {
      await page.clock.fastForward(10_000);
      return (await page.getByText('Connected', { exact: true }).count()) === 1;
    });
    expect(await page.getByRole('alert').count()).to.equal(0);
  });

  it('has the rights of whoever signs in after a token was revoked', async () => {
    const { id, token } = await issue('reader');
    const page = await opened('', token);
    const tokens = page.getByRole('link', { name: 'Tokens' });
    await page.locator('table.endpoints tbody tr').first().waitFor();
    expect(await tokens.count()).to.equal(0);
    await revoke(id);
    await page.getByRole('button', { name: 'Last 7 d' }).click();
    await signIn(page, TOKEN);
    await tokens.waitFor();
    expect(new URL(page.url()).search).to.equal('?range=7d');
  });

  it('asks nothing while it waits for a token, and is back when somebody signed in in another tab', async () => {
    const { id, token } = await issue('other');
    const page = await opened('', token);
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await revoke(id);
    await page.getByRole('button', { name: 'Last 7 d' }).click();
    await page.getByLabel('Token').waitFor();
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.runFor(600_000);
    expect(asked).to.deep.equal([]);
    const other = await page.context().newPage();
    await other.goto(server.url);
    await signIn(other, TOKEN);
    await other.getByRole('button', { name: 'Sign out' }).waitFor();
    await setSeen(page, false);
    await setSeen(page, true);
    await page.locator('table.endpoints tbody tr').first().waitFor();
  });

  for (const [view, field, asked] of [
    ['tokens', 'Name', /\/api\/tokens/],
    ['alerts', 'URL', /\/api\/alerts/],
  ] as const)
    it(`keeps what is being written in ${view} while the server refuses to answer`, async () => {
      const page = await opened(`?view=${view}`);
      const written = page.getByLabel(field, { exact: true }).first();
      await written.fill('half of it');
      await page.route(asked, (route) => route.fulfill({ status: 503, json: { error: 'too busy' } }));
      await page.clock.fastForward(31_000);
      await page.getByRole('alert').getByText('too busy').first().waitFor();
      expect(await written.inputValue()).to.equal('half of it');
      await page.unrouteAll();
      await page.clock.fastForward(31_000);
      await page.getByRole('alert').getByText('too busy').first().waitFor({ state: 'detached' });
      expect(await written.inputValue()).to.equal('half of it');
    });
});
