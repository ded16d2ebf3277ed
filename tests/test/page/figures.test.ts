// The page shows what the API says, for the range and the application that are chosen.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openPage, takePicture, type OpenPage } from '../support/browser.js';
import { describeOnEachStore } from '../support/each-store.js';
import { shopTraffic, store } from '../support/stored-traffic.js';

interface Row {
  readonly method: string;
  readonly endpoint: string;
  readonly requests: number;
  readonly errors: number;
}

interface Overview {
  readonly totals: { readonly requests: number; readonly errors: number; readonly clients: number };
}

async function read<T>(server: CerberusServer, path: string): Promise<T> {
  const response = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  expect(response.status, path).to.equal(200);
  return (await response.json()) as T;
}

interface Series {
  readonly bucket_millis: number;
  readonly series: readonly { readonly start: string }[];
}

/** The value beside a name among the figures. */
async function figure(page: Page, name: string): Promise<string> {
  const stat = page.locator('.stat', { has: page.locator(`dt:text-is("${name}")`) });
  return (await stat.locator('.value').innerText()).replaceAll('\u202F', ' ');
}

/** The rows of the table of endpoints: name, requests, errors. */
async function endpointRows(page: Page): Promise<string[][]> {
  await page.locator('table.endpoints tbody tr').first().waitFor();
  return page.locator('table.endpoints tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const cells = [...row.children].map((cell) => cell.textContent ?? '');
      return [cells[0] ?? '', cells[2] ?? '', cells[4] ?? ''];
    }),
  );
}

describeOnEachStore('the figures of the page', (emptyStore) => {
  let now: number;
  let server: CerberusServer;

  before(async () => {
    // Not when the file is loaded: that may be minutes earlier, and a quarter of an hour is soon over.
    now = Date.now();
    server = await startServer({ port: 0, host: '127.0.0.1', ...(await emptyStore()), signIn: false });
    await store(server, ...shopTraffic(now));
    await store(server, {
      client_id: 'office',
      endpoint: '/mail',
      timestamp: new Date(now - 60_000).toISOString(),
    });
    // Outside of the last quarter of an hour, inside of the last day.
    await store(
      server,
      ...Array.from({ length: 7 }, () => ({
        endpoint: '/night',
        timestamp: new Date(now - 3 * 3_600_000).toISOString(),
      })),
    );
  });

  after(() => server.close());

  function finish({ problems, foreign }: OpenPage): void {
    expect(problems).to.deep.equal([]);
    expect(foreign).to.deep.equal([]);
  }

  it('are those of the API', async () => {
    const since = new Date(now - 900_000).toISOString();
    const until = new Date(now + 60_000).toISOString();
    const range = `since=${since}&until=${until}`;
    const opened = await openPage(server, `?${range}&client_id=shop`);
    const { page } = opened;
    await page.locator('.stat').first().waitFor();
    const { totals } = await read<Overview>(server, `/api/overview?${range}&client_id=shop`);
    expect(totals).to.include({ requests: 60, errors: 6, clients: 12 });
    expect([
      await figure(page, 'Requests'),
      await figure(page, 'Error rate'),
      await figure(page, 'Clients'),
      await figure(page, 'Latency p50'),
    ]).to.deep.equal(['60', '10 %', '12', '39.5 ms']);
    const { endpoints } = await read<{ endpoints: Row[] }>(server, `/api/endpoints?${range}&client_id=shop`);
    expect(endpoints).to.have.length(3);
    expect(await endpointRows(page)).to.deep.equal(
      endpoints.map((row) => [`${row.method} ${row.endpoint}`, String(row.requests), String(row.errors)]),
    );
    finish(opened);
  });

  it('follow the range and the application, and so does the address', async () => {
    const opened = await openPage(server, '?range=15m&refresh=off');
    const { page } = opened;
    const requests = async (expected: string): Promise<void> => {
      await page.locator('.panel[aria-busy="true"]').first().waitFor({ state: 'detached' });
      await page
        .locator('.stat .value', { hasText: new RegExp(`^${expected}$`) })
        .first()
        .waitFor();
      expect(await figure(page, 'Requests')).to.equal(expected);
    };
    await requests('61');
    await page.getByRole('button', { name: 'Last 24 h' }).click();
    await requests('68');
    expect(new URL(page.url()).searchParams.get('range')).to.equal(null);
    await page.getByLabel('Application').selectOption('office');
    await requests('1');
    expect(new URL(page.url()).searchParams.get('client_id')).to.equal('office');
    await page.goBack();
    await requests('68');
    await page.reload();
    await requests('68');
    finish(opened);
  });

  it('are sorted by what the reader chooses', async () => {
    const opened = await openPage(server, '?range=15m&client_id=shop');
    const { page } = opened;
    expect((await endpointRows(page))[0]?.[0]).to.equal('GET /products/:id');
    await page.getByRole('button', { name: 'p95' }).click();
    await page.locator('th[aria-sort="descending"]', { hasText: 'p95' }).waitFor();
    const { endpoints } = await read<{ endpoints: Row[] }>(
      server,
      `/api/endpoints?since=${now - 900_000}&until=${now + 60_000}&client_id=shop&sort=p95`,
    );
    await page.waitForFunction(
      (first) => document.querySelector('table.endpoints tbody tr th')?.textContent === first,
      `${endpoints[0]?.method} ${endpoints[0]?.endpoint}`,
    );
    expect((await endpointRows(page)).map(([name]) => name)).to.deep.equal(
      endpoints.map(({ method, endpoint }) => `${method} ${endpoint}`),
    );
    finish(opened);
  });

  it('lead to an endpoint, its metrics and its latest requests', async () => {
    const opened = await openPage(server, '?range=15m');
    const { page } = opened;
    await page.getByRole('link', { name: 'POST /checkout' }).click();
    await page.getByRole('heading', { name: 'POST /checkout' }).waitFor();
    await page.getByRole('heading', { name: 'amount' }).waitFor();
    expect(await figure(page, 'Requests')).to.equal('10');
    await page.locator('table.events tbody tr').first().waitFor();
    expect(await page.locator('table.events tbody tr').count()).to.equal(10);
    await page.locator('table.events button.row').first().click();
    expect(await page.locator('.details pre').innerText()).to.include('"currency": "EUR"');
    expect(new URL(page.url()).searchParams.get('endpoint')).to.equal('/checkout');
    finish(opened);
  });

  it('find a client by the first digits of its pseudonym', async () => {
    const range = `since=${now - 900_000}&until=${now + 60_000}`;
    const { clients } = await read<{ clients: { source_ip: string }[] }>(server, `/api/clients?${range}`);
    const last = clients.at(-1)?.source_ip ?? '';
    const opened = await openPage(server, '?range=15m');
    const { page } = opened;
    const panel = page.getByRole('region', { name: 'Top clients' });
    await panel.locator('.bars li').nth(7).waitFor();
    await panel.getByText('There are more clients.').waitFor();
    expect(await panel.locator(`code[title="${last}"]`).count(), 'the busiest are listed').to.equal(0);
    const search = panel.getByRole('searchbox', { name: 'Search clients' });
    for (const text of [last.slice(0, 6), ` ${last.toUpperCase()} `]) {
      await search.fill(text);
      await panel.locator(`code[title="${last}"]`).waitFor();
      expect(await panel.locator('.bars li').count(), text).to.equal(1);
    }
    await takePicture(page, 'clients-found');
    await search.fill('shop');
    await panel.getByText('A pseudonym has up to 64 hex digits').waitFor();
    await search.fill('0'.repeat(64));
    await panel.getByText('No pseudonym here begins with that.').waitFor();
    await search.fill('');
    await panel.locator('.bars li').nth(7).waitFor();
    expect(await search.count(), 'the field stays while there are more').to.equal(1);
    finish(opened);
  });

  it('show each metric as its type asks for', async () => {
    const opened = await openPage(server, '?view=metrics&range=15m&client_id=shop');
    const { page } = opened;
    await page.locator('nav.list a').first().waitFor();
    const listed = await page
      .locator('nav.list a')
      .evaluateAll((links) =>
        links.map(
          (link) => `${link.querySelector('.name')?.textContent} ${link.querySelector('.type')?.textContent}`,
        ),
      );
    expect(listed.toSorted()).to.deep.equal([
      'amount number',
      'cached boolean',
      'currency string',
      'results number',
      'tags list',
    ]);
    await page.getByRole('link', { name: 'currency' }).click();
    await page.locator('.bars li', { hasText: 'EUR' }).waitFor();
    expect(await page.locator('.bars li').allInnerTexts()).to.have.length(2);
    await page.getByRole('link', { name: 'amount' }).click();
    await page.locator('.histogram').waitFor();
    expect(await page.locator('.metric-detail').innerText()).to.include('1 to 55');
    expect(await page.locator('table.groups tbody tr').innerText()).to.include('/checkout');
    finish(opened);
  });

  it('say who sends, and what was refused', async () => {
    await fetch(`${server.url}/api/events`, { headers: { authorization: 'Bearer wrong', host: 'x' } });
    await fetch(`${server.url}/metrics`);
    const opened = await openPage(server, '?view=sources');
    const { page } = opened;
    await page.locator('table.sources tbody tr').first().waitFor();
    const names = await page.locator('table.sources tbody th').allInnerTexts();
    expect(names.toSorted()).to.deep.equal(['office', 'shop']);
    expect(await page.locator('table.refusals').innerText()).to.match(/unauthorized\s+\d/);
    const breakable = await page
      .locator('table.sources tbody tr:first-child > *')
      .evaluateAll((cells) =>
        cells.flatMap((cell, column) => (getComputedStyle(cell).overflowWrap === 'anywhere' ? [column] : [])),
      );
    expect(breakable, 'only names are broken within words').to.deep.equal([0, 1]);
    finish(opened);
  });

  it('are those of the bar under the pointer, at both of its ends', async () => {
    const opened = await openPage(server, '?range=24h&refresh=off', { width: 2400 });
    const { page } = opened;
    const until = Math.floor(now / 60_000) * 60_000 + 60_000;
    const range = new URLSearchParams({ since: String(until - 900_000), until: String(until) });
    await page.goto(`${server.url}/?${range.toString()}`);
    const { series, bucket_millis: width } = await read<Series>(server, `/api/overview?${range.toString()}`);
    const panel = page.getByRole('region', { name: 'Requests', exact: true });
    const box = await panel.locator('.u-over').boundingBox();
    if (box === null) throw new Error('no chart');
    const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });
    for (const [index, part] of [
      [10, 0.2],
      [10, 0.75],
      [47, 0.2],
      [47, 0.75],
    ] as const) {
      const start = Date.parse(series[index]?.start ?? '');
      const x = box.x + ((start + part * width - until + 900_000) / 900_000) * box.width;
      await page.mouse.move(x, box.y + 50);
      await panel.getByText(`${clock.format(start)}–${clock.format(start + width)}`).waitFor();
    }
    finish(opened);
  });
});
