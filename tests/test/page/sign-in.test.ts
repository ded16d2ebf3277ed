// Nobody sees anything without the token, and a script never sees the session.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { store } from '../support/stored-traffic.js';

const TOKEN = 'the-token-of-the-tests';

describeInBrowser('signing in to the page', () => {
  let server: CerberusServer;

  beforeEach(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    await store(server, { endpoint: '/secret-path' });
  });

  afterEach(() => server.close());

  it('takes the token, shows the view of the address, and lets one out again', async () => {
    const { page, problems } = await openPage(server, '?view=live');
    const field = page.getByLabel('Token');
    await field.waitFor();
    expect(await page.content()).not.to.include('/secret-path');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That is not the token of this server.').waitFor();
    await field.fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('tr', { hasText: '/secret-path' }).waitFor();
    expect(page.url()).to.equal(`${server.url}/?view=live`);
    const [cookie] = await page.context().cookies();
    expect(cookie).to.include({ httpOnly: true, sameSite: 'Strict', path: '/api' });
    expect(await page.evaluate(() => document.cookie)).to.equal('');
    expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.to.include(TOKEN);
    await page.reload();
    await page.locator('tr', { hasText: '/secret-path' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
    expect(await page.content()).not.to.include('/secret-path');
    expect(problems).to.deep.equal([]);
  });

  it('says how long to wait after too many wrong tokens', async () => {
    for (let index = 0; index < 10; index += 1) {
      await fetch(`${server.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"token":"wrong"}',
      });
    }
    const { page } = await openPage(server);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/^Too many wrong tokens: try again in \d+ s\.$/).waitFor();
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  });

  it('lets an administrator issue a token, shows it once, and revokes it after asking again', async () => {
    const { page, problems } = await openPage(server, '?view=tokens');
    await page.getByLabel('Token').fill(TOKEN);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Name').fill('the shop');
    await page.getByLabel('Application').fill('shop');
    await page.getByRole('button', { name: 'Create' }).click();
    const row = page.locator('table.tokens tr', { hasText: 'the shop' });
    await row.waitFor();
    const token = await page.locator('.snippet code').innerText();
    const key = (): Promise<Response> =>
      fetch(`${server.url}/api/secret-key`, { headers: { authorization: `Bearer ${token}` } });
    expect((await key()).status).to.equal(200);
    await page.reload();
    await row.waitFor();
    expect(await page.content()).not.to.include(token);
    const button = row.getByRole('button');
    await button.click();
    expect((await key()).status, 'asked once').to.equal(200);
    await button.click();
    await row.waitFor({ state: 'detached' });
    expect((await key()).status).to.equal(401);
    expect(problems).to.deep.equal([]);
  });

  it('shows a reader no tokens, and takes none that is for sending', async () => {
    const issue = async (purpose: string): Promise<string> => {
      const response = await fetch(`${server.url}/api/tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: purpose, purpose }),
      });
      return ((await response.json()) as { token: string }).token;
    };
    const { page } = await openPage(server, '?view=live');
    await page.getByLabel('Token').fill(await issue('ingest'));
    await page.keyboard.press('Enter');
    await page.getByText('This token is for sending only.').waitFor();
    await page.getByLabel('Token').fill(await issue('read'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('tr', { hasText: '/secret-path' }).waitFor();
    expect(await page.getByRole('link', { name: 'Tokens' }).count()).to.equal(0);
  });

  it('says that one is still signed in where the server did not hear of the wish to leave', async () => {
    const { page } = await openPage(server);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    const leave = page.getByRole('button', { name: 'Sign out' });
    await leave.waitFor();
    await page.route(/\/api\//, (route) => route.abort());
    await leave.click();
    await page.getByRole('alert').getByText('You are still signed in. The server does not answer.').waitFor();
    await takePicture(page, 'still-signed-in-1280-light');
    await page.unrouteAll();
    await leave.click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it('says that the token is right where the browser keeps no cookie', async () => {
    const { page } = await openPage(server);
    await page.getByLabel('Token').waitFor();
    // The same to the page as a cookie that is set, and not kept.
    await page.route(/\/api\/session/, (route) =>
      route.request().method() === 'POST' ? route.fulfill({ json: { signed_in: true } }) : route.continue(),
    );
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByText('The token is right, but this browser keeps no cookie of this page.').waitFor();
    expect(await page.getByRole('button', { name: 'Sign in' }).isEnabled()).to.equal(true);
  });
});
