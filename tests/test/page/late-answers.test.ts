// What a reader does while an answer is on its way, or does twice: nothing is taken back, made twice, or said of something else.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page, Route } from 'playwright-core';
import { describeInBrowser, openPage } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'the-own-token';
const RULE = { measure: 'requests', above: 10, window_minutes: 100, filter: {}, destinations: [] };

describeInBrowser('a page that waits for an answer', () => {
  let server: CerberusServer;

  beforeEach(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    await store(server, ...shopTraffic(Date.now()));
  });

  afterEach(() => server.close());

  async function signedIn(query: string): Promise<Page> {
    const { page } = await openPage(server, query);
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
  }

  async function api(path: string, body?: object): Promise<Record<string, readonly { id: string }[]>> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${server.url}/api/${path}`, { headers, ...init });
    return (await response.json()) as Record<string, readonly { id: string }[]>;
  }

  /** Keeps requests with a method from the server until they are let go. */
  async function held(page: Page, path: string, method: string): Promise<{ routes: Route[] }> {
    const routes: Route[] = [];
    await page.route(new RegExp(`/api/${path}(?:\\?|$)`), async (route) => {
      if (route.request().method() === method) routes.push(route);
      else await route.continue();
    });
    return { routes };
  }

  async function letGo({ routes }: { routes: Route[] }, page: Page): Promise<void> {
    await until('something is held', () => routes.length > 0);
    const answered = page.waitForResponse(routes[0]?.request().url() ?? '');
    await routes[0]?.continue();
    await (await answered).finished();
  }

  it('stays in the view that its reader has gone to', async () => {
    const page = await signedIn('?view=latency&range=15m&client_id=shop&method=POST&endpoint=%2Fcheckout');
    const threshold = await held(page, 'apdex-thresholds', 'PUT');
    await page.getByLabel('Own threshold, ms').fill('20');
    await page.getByRole('button', { name: 'Set for everybody' }).click();
    await page.getByRole('link', { name: 'Requests', exact: true }).click();
    const list = page.getByRole('region', { name: 'Stored requests' });
    await list.waitFor();
    await letGo(threshold, page);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(new URL(page.url()).searchParams.get('view')).to.equal('requests');
    expect(await list.isVisible()).to.equal(true);
  });

  it('says of no alert what another one would find', async () => {
    const page = await signedIn('?view=alerts');
    const preview = await held(page, 'alerts/preview', 'POST');
    const found = page.locator('.rule-form [role=status]');
    await page.getByRole('button', { name: 'What it is now' }).click();
    await page.getByLabel('When').selectOption('more');
    await letGo(preview, page);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await found.innerText(), 'of the rule before').to.equal('');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'What it is now' }).click();
    await until('it says so of this one', async () => (await found.innerText()).startsWith('Now: '));
    await page.getByLabel('Name').fill('busy');
    expect(await found.innerText(), 'of the same rule by another name').to.match(/^Now: /);
    await page.getByLabel('When').selectOption('p95');
    expect(await found.innerText(), 'of another rule').to.equal('');
  });

  it('makes one of what is asked for with a double click, or again while the server is slow', async () => {
    const page = await signedIn('?view=tokens');
    await page.getByLabel('Name').fill('checkout');
    await page.getByRole('button', { name: 'Create' }).dblclick({ delay: 30 });
    await page.getByText('It is not shown again.').waitFor();

    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    const rules = await held(page, 'alerts', 'POST');
    await page.getByLabel('Name').fill('busy');
    await page.getByLabel('Name').press('Enter');
    await page.getByLabel('Name').press('Enter');
    await letGo(rules, page);
    await page.locator('table.rules tbody tr').waitFor();
    expect(rules.routes.length).to.equal(1);

    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('button', { name: 'Share view' }).click();
    await page.getByRole('button', { name: 'Create link' }).dblclick({ delay: 30 });
    await page.getByText('It is not shown again.').waitFor();
    const names = (await api('tokens'))['tokens'] as unknown as readonly { name: string }[];
    expect(names.filter(({ name }) => name === 'checkout').length).to.equal(1);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect((await api('shares'))['shares']?.length).to.equal(1);
  });

  it('takes no double click for an answer to what it asks before something is revoked', async () => {
    await api('tokens', { name: 'gateway', purpose: 'ingest' });
    const page = await signedIn('?view=tokens');
    await page.getByRole('button', { name: 'Revoke gateway' }).dblclick({ delay: 30 });
    const sure = page.getByRole('button', { name: 'Really revoke gateway' });
    await sure.waitFor();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await sure.isVisible()).to.equal(true);
    await sure.click();
    await sure.waitFor({ state: 'detached' });
  });

  it('keeps the rule that somebody began to change while another one was saved', async () => {
    for (const name of ['first', 'second']) await api('alerts', { name, ...RULE });
    const page = await signedIn('?view=alerts');
    const saved = await held(page, 'alerts', 'PUT');
    await page.getByRole('button', { name: 'Edit first' }).click();
    const windows = page.getByLabel('In the last');
    expect(await windows.locator('option:checked').innerText()).to.equal('100 min');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByRole('button', { name: 'Edit second' }).click();
    await page.getByLabel('Limit (requests)').fill('77');
    await letGo(saved, page);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await page.getByLabel('Limit (requests)').inputValue()).to.equal('77');
  });

  it('leaves no step to go back to where somebody chose what was chosen already', async () => {
    const page = await signedIn('?range=1h');
    for (let time = 0; time < 3; time += 1) await page.getByRole('button', { name: 'Last 7 d' }).click();
    await page.goBack();
    expect(new URL(page.url()).searchParams.get('range')).to.equal('1h');
  });

  const soon = (page: Page): Promise<unknown> =>
    page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));

  it('shows both of two rules that were paused while the server was slow', async () => {
    for (const name of ['first', 'second']) await api('alerts', { name, ...RULE });
    const page = await signedIn('?view=alerts&refresh=off');
    const { routes } = await held(page, 'alerts', 'PUT');
    for (const name of ['first', 'second']) await page.getByRole('button', { name: `Pause ${name}` }).click();
    await until('both are held', () => routes.length === 2);
    for (const [index, name] of ['first', 'second'].entries()) {
      await routes[index]?.continue();
      await page.getByRole('button', { name: `Resume ${name}` }).waitFor();
    }
  });

  it('shows none of two tokens that were revoked while the server was slow', async () => {
    for (const name of ['first', 'second']) await api('tokens', { name, purpose: 'ingest' });
    const page = await signedIn('?view=tokens&refresh=off');
    const { routes } = await held(page, 'tokens', 'DELETE');
    for (const name of ['first', 'second'])
      for (const word of ['Revoke', 'Really revoke'])
        await page.getByRole('button', { name: `${word} ${name}`, exact: true }).click();
    await until('both are held', () => routes.length === 2);
    for (const [index, name] of ['first', 'second'].entries()) {
      await routes[index]?.continue();
      await page.getByRole('rowheader', { name }).waitFor({ state: 'detached' });
    }
  });

  it('keeps what is being written of a rule that is paused, and takes that not back', async () => {
    await api('alerts', { name: 'first', ...RULE });
    const page = await signedIn('?view=alerts');
    await page.getByRole('button', { name: 'Edit first' }).click();
    await page.getByLabel('Limit (requests)').fill('77');
    await page.getByRole('button', { name: 'Pause first' }).click();
    await page.getByRole('button', { name: 'Resume first' }).waitFor();
    expect(await page.getByLabel('Limit (requests)').inputValue()).to.equal('77');
    await page.getByRole('button', { name: 'Save rule' }).click();
    await page.getByText('Requests above 77').waitFor();
    await page.getByRole('button', { name: 'Resume first' }).waitFor();
  });

  it('keeps the destination that somebody began to change while another one was saved', async () => {
    for (const name of ['first', 'second'])
      await api('alerts/destinations', { kind: 'webhook', name, url: 'https://hooks.example.com/x' });
    const page = await signedIn('?view=alerts');
    const saved = await held(page, 'alerts/destinations', 'PUT');
    await page.getByRole('button', { name: 'Edit first' }).click();
    await page.getByRole('button', { name: 'Save destination' }).click();
    await page.getByRole('button', { name: 'Edit second' }).click();
    await page.getByLabel('Called').fill('the second');
    await letGo(saved, page);
    await soon(page);
    expect(await page.getByLabel('Called').inputValue()).to.equal('the second');
  });
});
