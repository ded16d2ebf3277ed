// Every reader sees times of their own zone, each of which means one moment, also in the hour that their clocks show twice.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describeInBrowser, openPage } from '../../support/browser.js';
import { receivedAt } from '../../support/story-traffic.js';
import { store, type SentEvent } from '../../support/stored-traffic.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The last time that clocks in Berlin were set back: at three in the morning, summer time, of October's last Sunday. */
const SET_BACK = setBackBefore(Date.now() - 2 * DAY);

function setBackBefore(now: number): number {
  const of = (year: number): number => {
    const last = Date.UTC(year, 9, 31, 1);
    return last - new Date(last).getUTCDay() * DAY;
  };
  const year = new Date(now).getUTCFullYear();
  return of(year) <= now ? of(year) : of(year - 1);
}

const iso = (millis: number): string => new Date(millis).toISOString();
const rangeOf = (since: number, until: number): string => `?since=${iso(since)}&until=${iso(until)}`;

describeInBrowser('times on the page', () => {
  let server: CerberusServer;

  before(async () => {
    server = await startServer({
      port: 0,
      host: '127.0.0.1',
      db: ':memory:',
      signIn: false,
      retentionDays: 400,
    });
    // One request in each ten minutes of two days around it.
    const events = Array.from({ length: 288 }, (_, index): SentEvent => ({
      endpoint: '/x',
      route: '/x',
      latency_ms: 5,
      timestamp: iso(SET_BACK - DAY + index * 10 * MINUTE),
    }));
    await receivedAt(SET_BACK + DAY, () => store(server, ...events));
  });

  after(() => server.close());

  async function opened(query: string, timeZone: string): Promise<Page> {
    const { page } = await openPage(server, query, { timeZone });
    await page.locator('main table, main .panel').first().waitFor();
    return page;
  }

  const searchOf = (page: Page): string => decodeURIComponent(new URL(page.url()).search);

  it('stay what they are when the fields of a range in the hour that comes twice are left as they are', async () => {
    const second = [SET_BACK + 10 * MINUTE, SET_BACK + 50 * MINUTE] as const;
    const across = [SET_BACK - 10 * MINUTE, SET_BACK + 10 * MINUTE] as const;
    for (const range of [second, across]) {
      const page = await opened(rangeOf(...range), 'Europe/Berlin');
      await page.getByRole('button', { name: 'Custom' }).click();
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      expect(searchOf(page)).to.equal(rangeOf(...range));
      const focused = page.getByRole('button', { name: 'Custom' });
      expect(await focused.evaluate((button) => button === document.activeElement)).to.equal(true);
    }
  });

  it('of a range are said where nothing else tells of them, and printed', async () => {
    const page = await opened(`${rangeOf(SET_BACK, SET_BACK + 2 * HOUR)}&view=consumers`, 'Europe/Berlin');
    const said = page.getByText(/02:00:00 (?:CET|GMT\+1) – .* 04:00:00$/);
    await said.waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await said.isVisible()).to.equal(true);
  });

  it('say which of two they are', async () => {
    const page = await opened(
      `${rangeOf(SET_BACK - HOUR, SET_BACK + 2 * HOUR)}&view=requests`,
      'Europe/Berlin',
    );
    const times = await page.locator('table.requests td.at').allInnerTexts();
    expect(times).to.have.length(18);
    expect(new Set(times).size, 'no two requests at the same time').to.equal(18);
    expect(times.at(-1)).to.match(/, 02:00:00 (?:CEST|GMT\+2)$/);
    expect(times[0]).to.match(/, 03:50:00$/);
  });

  it('are refused before 1970, where the server keeps nothing', async () => {
    const page = await opened(rangeOf(SET_BACK, SET_BACK + HOUR), 'Europe/Berlin');
    await page.getByRole('button', { name: 'Custom' }).click();
    await page.getByLabel('From', { exact: true }).fill('0026-10-25T02:00:00');
    expect(await page.getByRole('button', { name: 'Show', exact: true }).isDisabled()).to.equal(true);
  });

  it('of the hours of the week say their zone, and when an hour begins', async () => {
    const query = `${rangeOf(SET_BACK - DAY, SET_BACK)}&view=latency`;
    for (const [zone, words] of [
      [
        'Asia/Kathmandu',
        /:45–\d+:45, 6 requests\. In the time of Asia\/Kath?mandu; each hour begins at 45 past\.$/,
      ],
      ['Pacific/Honolulu', /:00–\d+:00, 6 requests\. In the time of Pacific\/Honolulu\.$/],
    ] as const) {
      const page = await opened(query, zone);
      await page.locator('.week p', { hasText: words }).waitFor();
      const downloaded = page.waitForEvent('download');
      await page.getByRole('button', { name: 'week as CSV' }).click();
      const [, first] = (await readFile(await (await downloaded).path(), 'utf8')).split('\r\n');
      const own = await page.evaluate(() => new Intl.DateTimeFormat().resolvedOptions().timeZone);
      expect(first?.split(',')[0]).to.equal(own);
    }
  });

  it('of days that are not those of the reader say when they begin', async () => {
    const query = `${rangeOf(SET_BACK - 100 * DAY, SET_BACK + DAY)}&view=latency`;
    const page = await opened(query, 'Pacific/Honolulu');
    expect(await page.locator('.heatmap .times').innerText()).to.match(/, 14:00 – .*, 14:00/);
    const utc = await opened(query, 'UTC');
    expect(await utc.locator('.heatmap .times').innerText()).to.not.match(/:/);
  });

  it('have the day where it is not today', async () => {
    await store(server, { client_id: 'today', endpoint: '/now' });
    const query = `?view=live`;
    const page = await opened(query, 'Pacific/Auckland');
    const timeOf = (path: string): Promise<string> =>
      page.locator('table.events tr', { hasText: path }).first().locator('.time').innerText();
    await page.locator('table.events tr', { hasText: '/now' }).waitFor();
    expect(await timeOf('/now')).to.match(/^\d\d:\d\d:\d\d$/);
    expect(await timeOf('/x')).to.match(/^\d+ \S+, \d\d:\d\d:\d\d$/);
  });
});
