// The numbers that the views show in a browser are those that somebody works out from an export.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { describeInBrowser, openPage } from '../support/browser.js';
import { store } from '../support/stored-traffic.js';
import { hasFailed, latenciesOf, readLines, type Exported } from './exported.js';
import { having, numbersOf, sharesOf } from './metrics.js';
import { paramsOf, questionOf, type Question } from './question.js';
import { randomFilter } from './random-question.js';
import { randomTraffic } from './random-traffic.js';
import { newErrorsOf, releasesOf } from './releases.js';
import * as shown from './shown.js';

const EVENTS = 3000;
const BATCH = 500;
const HOUR = 3_600_000;
const DEADLINE_MILLIS = 20_000;

const seed = Number(process.env['FIGURES_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describeInBrowser(`the figures that the page shows, from seed ${seed}`, () => {
  const random = seededRandom(seed);
  let folder: string;
  let server: CerberusServer;
  let stored: readonly Exported[];
  let questions: readonly Question[];
  let whole: Question;

  before(async function () {
    this.timeout(120_000);
    const now = Date.now();
    folder = mkdtempSync(join(tmpdir(), 'cerberus-figures-'));
    server = await startServer({ port: 0, host: '127.0.0.1', db: join(folder, 'x.duckdb'), signIn: false });
    const sent = randomTraffic(random, EVENTS, now);
    for (let from = 0; from < EVENTS; from += BATCH) await store(server, ...sent.slice(from, from + BATCH));
    const headers = { authorization: `Bearer ${server.token}` };
    const exported = await fetch(`${server.url}/api/export?format=ndjson`, { headers });
    stored = readLines(await exported.text());
    // A day is exact.
    const until = now - Math.floor(80 * HOUR * random()) - HOUR;
    const range = { since: until - 24 * HOUR, until };
    whole = questionOf(stored, { since: now - 7 * 24 * HOUR, until: now - HOUR }, {});
    questions = [questionOf(stored, range, {}), narrowed(questionOf(stored, range, {}))];
  });

  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** The same under a filter that leaves something to see in each view. */
  function narrowed(question: Question): Question {
    for (;;) {
      const found = questionOf(stored, question.range, randomFilter(random, question.events));
      const { filter, events } = found;
      const isEnough =
        events.filter(hasFailed).length > 2 &&
        numbersOf(having(events, 'items'), 'items').length > 5 &&
        having(events, 'plan').length > 5 &&
        events.some(({ consumer }) => consumer !== null);
      if (isEnough && Object.keys(filter).length > 0) return found;
    }
  }

  let open: Page | undefined;

  // A page is gone with its test.
  beforeEach(() => {
    open = undefined;
  });

  async function opened(question: Question, more: Readonly<Record<string, string>>): Promise<Page> {
    const { since, until } = question.range;
    const range = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
    const query = `?${new URLSearchParams({ ...question.filter, ...range, ...more })}`;
    if (open === undefined) open = (await openPage(server, query)).page;
    else await open.goto(`${server.url}/${query}`);
    return open;
  }

  /** Looks until it is there: answers come one after the other. */
  async function expectShown(
    question: Question,
    what: string,
    read: () => Promise<shown.Texts>,
    should: shown.Texts,
  ): Promise<void> {
    const deadline = performance.now() + DEADLINE_MILLIS;
    let is = await read();
    while (JSON.stringify(is) !== JSON.stringify(should) && performance.now() < deadline) {
      await sleep(100);
      is = await read();
    }
    expect(is, `${what}, seed ${seed}, ${JSON.stringify(paramsOf(question))}`).to.deep.equal(should);
  }

  /** A threshold of Apdex with nothing so little above it, and above four times as much, that it may count as at it. */
  function clearThreshold({ events }: Question): number {
    const latencies = latenciesOf(events);
    const isClear = (millis: number): boolean =>
      !latencies.some((latency) => latency > millis && latency <= 1.05 * millis);
    let threshold = 20;
    while (!isClear(threshold) || !isClear(4 * threshold)) threshold += 1;
    return threshold;
  }

  it('are right in the overview', async () => {
    for (const question of questions) {
      const threshold = clearThreshold(question);
      const page = await opened(question, { threshold: String(threshold) });
      await expectShown(question, 'figures', () => shown.shownStats(page), shown.statTexts(question));
      await expectShown(
        question,
        'endpoints',
        () => shown.shownEndpoints(page),
        shown.endpointTexts(question, threshold),
      );
      await expectShown(
        question,
        'methods',
        () => shown.shownBars(page, 'Methods'),
        shown.methodBars(question),
      );
      await expectShown(
        question,
        'outcomes',
        () => shown.shownBars(page, 'Outcomes'),
        shown.outcomeBars(question),
      );
    }
  });

  it('are right in the view of errors', async () => {
    for (const question of questions) {
      const page = await opened(question, { view: 'errors' });
      await expectShown(
        question,
        'kinds',
        () => shown.shownErrors(page, question),
        shown.errorTexts(question),
      );
      for (const [title, of] of [
        ['By class', 'error_type'],
        ['By status', 'status'],
        ['By environment', 'environment'],
      ] as const)
        await expectShown(
          question,
          title,
          () => shown.shownBars(page, title),
          shown.failedBars(question, of),
        );
    }
  });

  it('are right in the view of latencies', async () => {
    for (const question of questions) {
      const threshold = clearThreshold(question);
      const page = await opened(question, { view: 'latency', threshold: String(threshold) });
      await expectShown(
        question,
        'Apdex',
        () => shown.shownApdex(page),
        shown.apdexTexts(question, threshold),
      );
      await expectShown(question, 'week', () => shown.shownWeek(page), shown.weekTexts(question));
    }
  });

  it('are right of consumers', async () => {
    for (const question of questions) {
      const page = await opened(question, { view: 'consumers' });
      await expectShown(
        question,
        'consumers',
        () => shown.shownConsumers(page),
        shown.consumerTexts(question),
      );
    }
  });

  it('are right of metrics', async () => {
    for (const question of questions) {
      const page = await opened(question, { view: 'metrics', name: 'items' });
      await expectShown(question, 'metrics', () => shown.shownMetrics(page), shown.metricTexts(question));
      await expectShown(
        question,
        'items',
        () => shown.shownNumbers(page),
        shown.numberTexts(question, 'items'),
      );
      if (sharesOf(having(question.events, 'vip'), 'vip').length === 0) continue;
      await page.getByRole('link', { name: 'vip' }).click();
      await expectShown(
        question,
        'vip',
        () => shown.shownBars(page, 'vip'),
        shown.shareBars(question, 'vip'),
      );
    }
  });

  it('are of the requests that are listed', async () => {
    for (const [index, question] of questions.entries()) {
      const order = index === 0 ? 'newest' : 'slowest';
      const page = await opened(question, { view: 'requests', order });
      await expectShown(
        question,
        order,
        () => shown.shownRequests(page),
        shown.requestTexts(question, order),
      );
    }
  });

  it('are right on both sides of a comparison', async () => {
    const [question] = questions as [Question];
    const [one, other] = ['shop', 'jobs'].map((name) =>
      questionOf(stored, question.range, { client_id: name }),
    ) as [Question, Question];
    const page = await opened(one, { view: 'compare', against_client_id: 'jobs' });
    await expectShown(one, 'one side', () => shown.shownStats(page, '.side >> nth=0'), shown.statTexts(one));
    await expectShown(
      other,
      'the other',
      () => shown.shownStats(page, '.side >> nth=1'),
      shown.statTexts(other),
    );
  });

  it('are right of the errors that are new in a release', async () => {
    const [release] = releasesOf(stored, whole.range, 'shop');
    if (release === undefined) throw new Error('nothing was released');
    const page = await opened(questionOf(stored, whole.range, { client_id: 'shop' }), {});
    await page
      .getByRole('button', { name: `Release ${release.release} of shop, first seen` })
      .first()
      .click();
    const bars = (): Promise<shown.Texts> =>
      shown.textsOf(page, '.release-panel .bars li', '.label, .number');
    const should = newErrorsOf(stored, release).toSorted();
    await expectShown(whole, release.release, async () => (await bars()).toSorted(), should);
  });
});
