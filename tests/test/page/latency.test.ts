// How long requests take: from a cell of the heatmap to its requests, and whether it is fast enough.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { describeInBrowser, openPage, takePicture } from '../support/browser.js';
import { store } from '../support/stored-traffic.js';
import { findAnswer } from '../support/story.js';
import { until } from '@cerberus-otel/test-support/deadline';

const HOUR = 3_600_000;

describeInBrowser('latencies on the page', () => {
  let server: CerberusServer;
  let yesterdayAtThree: number;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    const now = Date.now();
    yesterdayAtThree = Math.floor(now / (24 * HOUR)) * 24 * HOUR - 9 * HOUR;
    const at = (millis: number): string => new Date(millis).toISOString();
    await store(
      server,
      ...Array.from({ length: 300 }, (_, index) => ({
        endpoint: '/fast',
        route: '/fast',
        latency_ms: 5 + (index % 40),
        timestamp: at(now - 60_000 - index * 0.5 * HOUR),
      })),
      ...[1, 2, 3].map((id) => ({
        endpoint: `/slow/${id}`,
        route: '/slow/:id',
        latency_ms: 1500 + id,
        timestamp: at(yesterdayAtThree + id * 60_000),
      })),
      { endpoint: '/other', route: '/other', latency_ms: 1600, timestamp: at(yesterdayAtThree - 5 * HOUR) },
    );
  });

  after(() => server.close());

  it('answer which requests were slower than a second yesterday at three', async () => {
    await findAnswer(server, 'Which requests took over a second yesterday at three?', async (page) => {
      await page.getByRole('link', { name: 'Latency', exact: true }).click();
      await page.getByRole('button', { name: 'Last 7 d' }).click();
      const map = page.getByRole('img', { name: /^Latencies over time/ });
      await map.waitFor();
      const asked = `since=${Date.now() - 7 * 24 * HOUR}&until=${Date.now()}`;
      const spread = (await (await fetch(`${server.url}/api/latency?${asked}`)).json()) as {
        bins: { from: number; to: number }[];
        heat: { start: string; requests: number[] }[];
        bucket_millis: number;
      };
      const column = spread.heat.findIndex(
        ({ start }) => Date.parse(start) + spread.bucket_millis > yesterdayAtThree + 60_000,
      );
      const row = spread.bins.findIndex(({ from, to }) => from < 1502 && 1502 <= to);
      await until('the map is of seven days', async () =>
        ((await map.getAttribute('aria-label')) ?? '').includes(`in ${spread.heat.length} steps`),
      );
      const box = await map.boundingBox();
      if (box === null) throw new Error('no map');
      const position = {
        x: ((column + 0.5) / spread.heat.length) * box.width,
        y: (1 - (row + 0.5) / spread.bins.length) * box.height,
      };
      await takePicture(page, 'heatmap-1280-light');
      await map.click({ position });
      await page.locator('table.requests tbody tr').first().waitFor();
      await until(
        'three requests are shown',
        async () => (await page.locator('table.requests tbody tr').count()) === 3,
      );
      expect(await page.locator('table.requests .path').allInnerTexts()).to.deep.equal([
        '/slow/3',
        '/slow/2',
        '/slow/1',
      ]);
    });
  });

  it('are fast enough by a threshold that the reader chooses, and lie on a logarithmic axis', async () => {
    const { page, problems } = await openPage(server, '?view=latency&range=7d&refresh=off');
    const apdex = page.getByRole('region', { name: 'Apdex' });
    await apdex.getByText('within 500').waitFor();
    const score = await apdex.locator('b').innerText();
    await apdex.getByLabel('Fast enough').selectOption({ label: '5\u202Fs' });
    await apdex.getByText('within 5').waitFor();
    await until('all are satisfied', async () => (await apdex.locator('b').innerText()) === '1');
    expect(score).to.equal('0.993');
    expect(page.url()).to.include('threshold=5000');
    const axis = page
      .getByRole('region', { name: 'Latency', exact: true })
      .getByRole('button', { name: 'log' });
    expect(await axis.getAttribute('aria-pressed')).to.equal('true');
    await axis.click();
    expect(await axis.getAttribute('aria-pressed')).to.equal('false');
    const week = page.getByRole('region', { name: 'Hours of the week' });
    expect(await week.locator('td[title*="requests, p50"]').count()).to.be.above(24);
    await week.getByRole('button', { name: 'p95' }).click();
    await week.getByText('1.5').first().waitFor({ state: 'attached' });
    expect(problems).to.deep.equal([]);
  });

  it('count one request as one', async () => {
    await store(server, { client_id: 'quiet', endpoint: '/', latency_ms: 5 });
    const { page } = await openPage(server, '?view=latency&client_id=quiet&range=24h&refresh=off');
    const week = page.getByRole('region', { name: 'Hours of the week' });
    await week.getByText(/^Busiest: .*, 1 request\. In the time of /).waitFor();
    expect(await week.locator('td[title^="1 request, p50 5"]').count()).to.equal(1);
  });
});
