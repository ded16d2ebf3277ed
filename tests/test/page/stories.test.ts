// Questions that somebody has who has just opened the page, each with its answer and the clicks that it takes.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, takePicture } from '../support/browser.js';
import { releasedTraffic, store } from '../support/stored-traffic.js';
import {
  BUSY_REQUESTS,
  busyHour,
  curiousClient,
  paidPlans,
  receivedAt,
  scan,
  SCANNER,
  slowRelease,
  stagingErrors,
} from '../support/story-traffic.js';
import { findAnswer } from '../support/story.js';
import { until } from '@cerberus-otel/test-support/deadline';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describeInBrowser('a question to the page', () => {
  let server: CerberusServer;
  let now: number;
  let lastMail: number;

  before(async () => {
    server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', signIn: false });
    now = Date.now();
    // The start of a minute: a moment later, when it is stored, it is still the same one.
    lastMail = Math.floor(now / MINUTE) * MINUTE - 3 * HOUR;
    const mail = { client_id: 'mailer', endpoint: '/send', timestamp: new Date(lastMail).toISOString() };
    await receivedAt(lastMail, () => store(server, mail));
    await store(server, ...busyHour(now).events);
    await store(
      server,
      ...slowRelease(now),
      ...releasedTraffic(now),
      ...stagingErrors(now),
      ...paidPlans(now),
      ...curiousClient(now),
      ...scan(now),
    );
  });

  after(() => server.close());

  const view = (page: Page, name: string): Promise<void> =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true }).click();

  const texts = async (rows: Locator): Promise<string[]> =>
    (await rows.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());

  async function shows(rows: Locator, expected: readonly string[]): Promise<void> {
    let shown: readonly string[] = [];
    await until(`${expected.join(', ')} are shown`, async () => {
      shown = await texts(rows);
      return JSON.stringify(shown) === JSON.stringify(expected);
    }).catch((error: unknown) => {
      throw new Error(`shown are ${shown.join(', ')}`, { cause: error });
    });
  }

  const paths = (page: Page): Locator => page.locator('table.requests .row > :last-child');

  it('which endpoint got slower with a release is answered', async () => {
    await findAnswer(server, 'Which endpoint got slower with the last release of billing?', async (page) => {
      await page
        .getByRole('button', { name: /^Release 2\.1\.0 of billing/ })
        .first()
        .click();
      const slower = page.getByRole('region', { name: 'Release 2.1.0 of billing' }).locator('table.slower');
      await slower.waitFor();
      expect(await texts(slower.locator('tbody th'))).to.deep.equal(['GET /invoices/:id']);
      expect((await texts(slower.locator('tbody tr'))).join()).to.match(/4\d ms 4\d\d ms$/);
      await takePicture(page, 'release-slower-1280-light');
    });
  });

  it('which application is silent, and since when, is answered', async () => {
    await findAnswer(server, 'Which application is silent, and since when?', async (page) => {
      await view(page, 'Sources');
      const silent = page.locator('table.applications tbody tr', { hasText: 'silent for' });
      await silent.waitFor();
      const since = new Date(lastMail).toISOString().slice(11, 16);
      expect(await texts(silent)).to.have.length(1);
      expect(await silent.innerText()).to.match(new RegExp(`^mailer\\s[^]*since [^,]+, ${since}:`));
    });
  });

  it('what a client did just before its error is answered', async () => {
    await findAnswer(server, 'What did this client do just before its error?', async (page) => {
      await view(page, 'Errors');
      await page.locator('table.errors').getByRole('link', { name: 'CartLocked' }).click();
      await page.locator('table.requests .row').first().click();
      const before = page.locator('.neighbours li bdi');
      await shows(before, ['/cart', '/cart/items', '/cart/pay']);
    });
  });

  it('which requests with the value of a metric failed is answered', async () => {
    await findAnswer(server, 'Which requests with plan=plan-1 failed?', async (page) => {
      const outcomes = page.getByRole('region', { name: 'Outcomes' });
      await outcomes.getByRole('link', { name: 'error', exact: true }).click();
      await view(page, 'Metrics');
      await page.getByRole('navigation', { name: 'Metrics' }).getByRole('link', { name: 'plan' }).click();
      await page.locator('.metric-detail .bars li', { hasText: 'plan-1' }).locator('.number a').click();
      await shows(paths(page), ['/exports/10', '/exports/5', '/exports/0']);
      expect(new Set(await texts(page.locator('table.requests td.own')))).to.deep.equal(new Set(['plan-1']));
    });
  });

  it('which environment has the errors is answered', async () => {
    await findAnswer(server, 'Which environment has the errors, production or staging?', async (page) => {
      await view(page, 'Errors');
      const bars = page.getByRole('region', { name: 'By environment' }).locator('.bars li');
      await bars.nth(1).waitFor();
      expect(await texts(bars.locator('.label'))).to.deep.equal(['staging', 'production']);
      await takePicture(page, 'errors-environments-1280-light');
    });
  });

  it('which requests were aborted by their clients is answered', async () => {
    await findAnswer(server, 'Which requests were aborted by their clients?', async (page) => {
      const aborted = page
        .getByRole('region', { name: 'Outcomes' })
        .locator('.bars li', { hasText: 'aborted' });
      await aborted.locator('.number a').click();
      await shows(paths(page), ['/exports/11', '/exports/6', '/exports/1']);
    });
  });

  it('what the busiest hour of the week is, is answered', async () => {
    await findAnswer(server, 'What is the busiest hour of the week?', async (page) => {
      await view(page, 'Latency');
      await page.getByRole('button', { name: 'Last 7 d' }).click();
      const start = new Date(busyHour(now).start);
      const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' }).format(start);
      const hour = start.getUTCHours();
      const week = page.getByRole('region', { name: 'Hours of the week' });
      await week
        .getByText(`Busiest: ${weekday}, ${hour}:00–${hour + 1}:00, ${BUSY_REQUESTS} requests`)
        .waitFor();
    });
  });

  it('what one customer calls most is answered', async () => {
    await findAnswer(server, 'What does Acme call most?', async (page) => {
      await view(page, 'Consumers');
      await page.locator('table.consumers').getByRole('link', { name: 'Acme' }).click();
      await page.locator('.chip').waitFor();
      await shows(page.locator('table.endpoints tbody th'), ['GET /products/:id', '(no route)']);
    });
  });

  it('who scans us is answered', async () => {
    await findAnswer(server, 'Who scans us?', async (page) => {
      await page.locator('table.endpoints').getByRole('link', { name: '(no route)' }).first().click();
      await page.getByRole('heading', { name: '(no route)' }).waitFor();
      await page.getByRole('region', { name: 'Paths' }).getByText('There are more paths.').waitFor();
      const clients = page.getByRole('region', { name: 'Top clients' }).locator('.bars li');
      await clients.first().getByRole('link').first().click();
      await page.locator('.chip', { hasText: SCANNER.slice(0, 8) }).waitFor();
    });
  });
});
