// A view is shared with a link, opened by somebody who is not signed in, and taken back.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page, Request } from 'playwright-core';
import { violations } from '../support/axe.js';
import { describeInBrowser, openPage, takePicture, untilItFits } from '../support/browser.js';
import { shopTraffic, store } from '../support/stored-traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'the-own-token';

interface Made {
  readonly id: string;
  readonly secret: string;
}

describeInBrowser('a share link', () => {
  let server: CerberusServer;
  let axe: string;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', token: TOKEN });
    const now = Date.now();
    await store(server, ...shopTraffic(now));
    await store(server, {
      client_id: 'office',
      endpoint: '/mail',
      timestamp: new Date(now - 60_000).toISOString(),
    });
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  after(() => server.close());

  async function api<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    expect(response.ok, `${method} ${path}: ${response.status}`).to.equal(true);
    return (await response.json()) as T;
  }

  const make = (wish: Record<string, unknown>): Promise<Made> => api('/api/shares', 'POST', wish);
  const revoke = ({ id }: Made): Promise<unknown> => api(`/api/shares?id=${id}`, 'DELETE');

  async function signIn(page: Page): Promise<void> {
    await page.getByLabel('Token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** All requests to the API of a page from now on. */
  function watched(page: Page): readonly Request[] {
    const requests: Request[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).pathname.startsWith('/api/')) requests.push(request);
    });
    return requests;
  }

  /** The same, where nothing is open any more: a page whose fragment alone changes is not loaded again. */
  async function watchedFromNowOn(page: Page): Promise<readonly Request[]> {
    await page.goto('about:blank');
    return watched(page);
  }

  const figure = (page: Page, name: string): Promise<string> =>
    page
      .locator('.stat', { has: page.locator(`dt:text-is("${name}")`) })
      .locator('.value')
      .innerText();

  const isOver = (page: Page): Promise<void> =>
    page.getByRole('heading', { name: 'This link is not valid' }).waitFor({ timeout: 30_000 });

  it('is made on a view, shows its figures to whoever has it, and no more once it is revoked', async () => {
    const { page: owner, problems } = await openPage(server, '?range=15m&client_id=shop');
    await signIn(owner);
    await owner.locator('table.endpoints tbody tr').first().waitFor();
    const requests = await figure(owner, 'Requests');
    await owner.getByRole('button', { name: 'Share view' }).click();
    expect(await owner.getByLabel('Valid for').inputValue()).to.equal('7d');
    expect(await owner.getByLabel(/^Also the busiest clients/).isChecked()).to.equal(false);
    await owner.getByRole('button', { name: 'Create link' }).click();
    const link = await owner.locator('.share-form .snippet code').innerText();
    expect(link).to.match(new RegExp(`^${server.url}/#share-[\\w-]{43}$`));

    const reader = await openPage(server, new URL(link).hash);
    await reader.page.locator('table.endpoints tbody tr').first().waitFor();
    expect(await figure(reader.page, 'Requests')).to.equal(requests);
    const text = await reader.page.locator('body').innerText();
    expect(text)
      .to.include('shop, the last 15 minutes')
      .and.match(/Read-only, valid until \d+ \w+ \d{4}/)
      .and.not.match(/Top clients|Live|Sources|Tokens|Sign out|Share view/);
    expect(await reader.page.getByRole('link').allInnerTexts(), 'nothing leads elsewhere').to.deep.equal([]);
    expect(await reader.page.locator('select').count()).to.equal(0);
    await reader.page.getByRole('button', { name: 'Errors' }).click();
    await reader.page.locator('th[aria-sort] >> text=Errors').waitFor();

    await owner.goto(`${server.url}/?view=tokens`);
    const row = owner.locator('tr', { hasText: 'Overview' });
    const button = row.getByRole('button');
    await button.click();
    await button.click();
    await row.waitFor({ state: 'detached' });
    await reader.page.reload();
    await isOver(reader.page);
    expect([...problems, ...reader.problems, ...reader.foreign]).to.deep.equal([]);
  });

  it('S17 neither sets nor sends a cookie, keeps nothing in the browser, and is in no request but as its header', async () => {
    const made = await make({
      view: 'endpoint',
      range: '15m',
      method: 'POST',
      endpoint: '/checkout',
      details: true,
    });
    const { page, problems, foreign } = await openPage(server);
    await signIn(page);
    const before = await page.context().cookies();
    await page.evaluate(() => localStorage.clear());
    // Nothing is on its way any more that the signed-in page asked for.
    await page.goto('about:blank');
    const all: Request[] = [];
    page.on('request', (request) => all.push(request));
    await page.goto(`${server.url}/#${made.secret}`);
    await page.locator('table.events tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'Theme' }).click();
    for (const request of all) {
      const response = await request.response();
      const sent = await request.allHeaders();
      expect(request.url()).not.to.include(made.secret);
      expect(sent['referer'] ?? '').not.to.include(made.secret);
      if (!new URL(request.url()).pathname.startsWith('/api/')) continue;
      expect(sent['cookie'], request.url()).to.equal(undefined);
      expect(sent['authorization'], request.url()).to.equal(`Bearer ${made.secret}`);
      expect((await response?.allHeaders())?.['set-cookie']).to.equal(undefined);
    }
    expect(all.some((request) => request.url().includes('/api/events'))).to.equal(true);
    expect(await page.context().cookies()).to.deep.equal(before);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).to.deep.equal([0, 0]);
    expect([...problems, ...foreign]).to.deep.equal([]);
  });

  it('without details asks for no event and no client, and shows none', async () => {
    const made = await make({ view: 'endpoint', range: '15m', method: 'POST', endpoint: '/checkout' });
    const { page, problems } = await openPage(server);
    const requests = await watchedFromNowOn(page);
    await page.goto(`${server.url}/#${made.secret}`);
    await page.getByRole('heading', { name: 'Status codes' }).waitFor();
    await page.locator('.metric-detail').first().waitFor();
    const paths = new Set(requests.map((request) => new URL(request.url()).pathname));
    expect([...paths].filter((path) => /events|clients|live|sources|tokens|shares/.test(path))).to.deep.equal(
      [],
    );
    for (const heading of ['Latest requests', 'Top clients'])
      expect(await page.getByRole('heading', { name: heading }).count(), heading).to.equal(0);
    for (const request of requests) expect((await request.response())?.status(), request.url()).to.equal(200);
    expect(problems).to.deep.equal([]);
  });

  it('has the filter of the view, says so, and is not made with one that finds somebody', async () => {
    const { page: owner, problems } = await openPage(server, '?range=15m&client_id=shop&status=5xx');
    await signIn(owner);
    await owner.getByRole('button', { name: 'Share view' }).click();
    await owner.getByText('and of these only Status: 5xx').waitFor();
    await owner.getByRole('button', { name: 'Create link' }).click();
    const link = await owner.locator('.share-form .snippet code').innerText();

    const reader = await openPage(server, new URL(link).hash);
    await reader.page.locator('table.endpoints tbody tr').first().waitFor();
    expect(await figure(reader.page, 'Requests')).to.equal('6');
    await reader.page.getByText('Only Status: 5xx').waitFor();
    expect(await reader.page.getByRole('link').allInnerTexts(), 'nothing leads elsewhere').to.deep.equal([]);
    await reader.page.setViewportSize({ width: 360, height: 900 });
    await takePicture(reader.page, 'shared-filter-360-light');
    expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).to.equal(360);
    await owner.goto(`${server.url}/?view=tokens`);
    await owner.getByRole('row', { name: /Overview, Status: 5xx/ }).waitFor();

    await owner.goto(`${server.url}/?range=15m&status=5xx&user_id=u1`);
    await owner.getByRole('button', { name: 'Share view' }).click();
    await owner.getByText('No link has this in its filter: User.').waitFor();
    expect(await owner.getByRole('button', { name: 'Create link' }).count()).to.equal(0);
    expect([...problems, ...reader.problems]).to.deep.equal([]);
  });

  it('to all metrics lets one look at each, to one metric at that alone', async () => {
    const all = await make({ view: 'metrics', range: '15m' });
    const one = await make({ view: 'metrics', range: '15m', metric: 'amount' });
    const { page, problems } = await openPage(server, `#${all.secret}`);
    await page.getByRole('link', { name: /^amount/ }).click();
    await page.getByRole('heading', { name: 'amount' }).waitFor();
    expect(new URL(page.url()).hash).to.equal(`#${all.secret}`);
    // Another link in the same tab takes the place of the first.
    await page.goto(`${server.url}/#${one.secret}`);
    await page.locator('nav.list').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'amount' }).waitFor();
    expect(problems).to.deep.equal([]);
  });

  it('that is over while it is open says so by itself, and then asks nothing more', async () => {
    const made = await make({ view: 'overview', range: '15m' });
    const { page, problems } = await openPage(server, `#${made.secret}`);
    await page.locator('table.endpoints tbody tr').first().waitFor();
    const requests = watched(page);
    await revoke(made);
    await isOver(page);
    const asked = requests.length;
    // Longer than it takes to be asked again.
    await page.waitForTimeout(6000);
    expect(requests.length).to.equal(asked);
    expect(problems).to.deep.equal([]);
  });

  it('that somebody cut, or made up, says so after one question', async () => {
    for (const hash of ['#share-', `#share-${'x'.repeat(43)}`]) {
      const { page } = await openPage(server);
      const requests = await watchedFromNowOn(page);
      await page.goto(`${server.url}/${hash}`);
      await isOver(page);
      await until('the one question', () => requests.length >= 1);
      expect(requests.map((request) => new URL(request.url()).pathname)).to.deep.equal(['/api/session']);
    }
  });

  const views: Readonly<Record<string, readonly [wish: Record<string, unknown>, ready: string]>> = {
    overview: [{ view: 'overview', client_id: 'shop' }, 'table.endpoints tbody tr'],
    'overview with details': [{ view: 'overview', details: true }, 'text=Top clients'],
    endpoint: [{ view: 'endpoint', method: 'POST', endpoint: '/checkout' }, '.metric-detail'],
    metrics: [{ view: 'metrics', metric: 'amount' }, '.histogram'],
    nothing: [{ view: 'overview', client_id: 'nobody' }, '.nothing'],
    'long names': [
      { view: 'endpoint', method: 'GET', endpoint: `/${'long'.repeat(80)}`, client_id: 'shop'.repeat(60) },
      '.nothing',
    ],
    over: [{}, '.link-ended'],
  };
  for (const [name, [wish, ready]] of Object.entries(views)) {
    it(`breaks no rule of accessibility when it shows ${name}, in either theme and at three widths`, async () => {
      const secret = name === 'over' ? 'share-' : (await make({ range: '15m', ...wish })).secret;
      const { page, problems } = await openPage(server, `#${secret}`);
      await page.locator(ready).first().waitFor();
      await page.evaluate(axe);
      await looksRight(page, `shared-${name.replaceAll(' ', '-')}`);
      expect(problems).to.deep.equal([]);
    });
  }

  it('is made without breaking one, too', async () => {
    const { page, problems } = await openPage(server, '?range=15m&client_id=shop');
    await signIn(page);
    await page.locator('table.endpoints tbody tr').first().waitFor();
    await page.getByRole('button', { name: 'Share view' }).click();
    await page.getByRole('button', { name: 'Create link' }).click();
    await page.locator('.share-form .snippet').waitFor();
    await page.evaluate(axe);
    await looksRight(page, 'share-form');
    expect(problems).to.deep.equal([]);
  });

  it('is listed without breaking one, too', async () => {
    const endpoint = `/${'long'.repeat(80)}`;
    await make({ view: 'endpoint', method: 'POST', endpoint, client_id: 'shop'.repeat(60) });
    const { page, problems } = await openPage(server);
    await signIn(page);
    await page.evaluate(axe);
    await page.getByRole('link', { name: 'Tokens' }).click();
    await page
      .getByRole('button', { name: /^Revoke the link to/ })
      .first()
      .waitFor();
    await looksRight(page, 'share-list');
    expect(problems).to.deep.equal([]);
  });

  async function looksRight(page: Page, name: string): Promise<void> {
    for (const width of [360, 768, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await page.locator(`html[data-theme="${theme}"]`).waitFor();
        await takePicture(page, `${name}-${width}-${theme}`);
        expect(await violations(page), `${theme} at ${width} px`).to.deep.equal([]);
      }
      await untilItFits(page, width);
    }
  }
});
