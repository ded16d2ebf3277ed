// What the page shows, as texts, and what it has to show: a view each, made of the computations beside.
import type { Page } from 'playwright-core';
import { apdexScore, weekHours, type ApdexCounts } from './latency.js';
import { consumersOf } from './consumers.js';
import { errorKinds } from './errors.js';
import { hasFailed, latenciesOf, nameOf, partsBy, statusClass, type Exported } from './exported.js';
import { having, meanOf, metricNames, numbersOf, sharesOf } from './metrics.js';
import { clientsOf, counted } from './overview.js';
import { keyOf, listedAs } from './endpoints.js';
import { percentile } from './percentiles.js';
import type { Question } from './question.js';
import { requestsOf } from './requests.js';
import { valuesOf } from './values.js';
import { count, decimal, duration, endpoint, exactDuration, share } from './written.js';

/** Texts of rows, or of other things that are alike. */
export type Texts = readonly string[];

/** The texts of the children of each element that is found, with a bar between them; in plain spaces. */
export async function textsOf(page: Page, selector: string, within = ':scope > *'): Promise<Texts> {
  const texts = await page
    .locator(selector)
    .evaluateAll(
      (elements, parts) =>
        elements.map((element) =>
          [...element.querySelectorAll(parts)].map((part) => (part.textContent ?? '').trim()).join(' | '),
        ),
      within,
    );
  return texts.map((text) => text.replaceAll(/\s+/g, ' '));
}

const sorted = (texts: Texts): Texts => texts.toSorted((a, b) => (a < b ? -1 : 1));

/** The figures above the charts: a name and a value each. */
export function statTexts({ events }: Question): Texts {
  const latencies = latenciesOf(events);
  return [
    `Requests | ${count(events.length)}`,
    `Error rate | ${share(events.filter(hasFailed).length, events.length)}`,
    `Latency p50 | ${duration(percentile(latencies, 0.5))}`,
    `Latency p95 | ${duration(percentile(latencies, 0.95))}`,
    `Latency p99 | ${duration(percentile(latencies, 0.99))}`,
    `Clients | ${count(clientsOf(events))}`,
  ];
}

/** The same, of the page. `side`: where there are two. */
export async function shownStats(page: Page, side = 'main'): Promise<Texts> {
  const texts = await textsOf(page, `${side} >> .stat`, 'dt, .value');
  return texts.filter((text) => !text.startsWith('Now'));
}

/** A row for each endpoint, in the order of their texts. */
export function endpointTexts({ events }: Question, threshold: number): Texts {
  const rows = [...partsBy(events, (event) => keyOf(listedAs(event))).values()].map((part) => {
    const listed = listedAs(part[0] as Exported);
    const latencies = latenciesOf(part);
    const errors = part.filter(hasFailed).length;
    return [
      endpoint(listed.method, listed.endpoint),
      count(part.length),
      share(part.length, events.length),
      count(errors),
      share(errors, part.length),
      count(part.filter((event) => statusClass(event) === '4xx').length),
      ...[0.5, 0.95, 0.99].map((q) => duration(percentile(latencies, q))),
      scoreText(apdexOf(latencies, threshold)),
    ].join(' | ');
  });
  return sorted(rows);
}

/** The same, of the page. */
export async function shownEndpoints(page: Page): Promise<Texts> {
  return sorted(await textsOf(page, 'table.endpoints tbody tr:not(.group)', 'th, td:not(:nth-child(2))'));
}

/** Bars with a number each. */
function barTexts(bars: readonly (readonly [name: unknown, requests: number])[]): Texts {
  return sorted(bars.map(([name, requests]) => `${String(name)} | ${count(requests)}`));
}

/** The same, of the panel of the page with this title. */
export async function shownBars(page: Page, title: string): Promise<Texts> {
  const bars = `section.panel:has(h2:text-is("${title}")) .bars li`;
  return sorted(await textsOf(page, bars, '.label, .number'));
}

/** Methods and outcomes. */
export function methodBars({ events }: Question): Texts {
  return barTexts(counted(events, ({ method }) => method));
}

export function outcomeBars({ events }: Question): Texts {
  return barTexts(counted(events, ({ outcome }) => outcome ?? 'not known'));
}

/** Of what failed, how many have which value, of those that are listed for certain: as many as others may be left out. */
export function failedBars({ events }: Question, of: string): Texts {
  const values = valuesOf(events.filter(hasFailed), of).toSorted((a, b) => b.requests - a.requests);
  return barTexts(
    values
      .slice(0, 8)
      .map(({ value, requests }) => [of === 'endpoint' ? value.replace(/^~/, '') : value, requests]),
  );
}

/** Most kinds of errors in the table. */
const MAX_KINDS = 100;

/** How many requests a kind has to have more than to be listed for certain: as many as others may be left out. */
function leastOfKinds(question: Question): number {
  const counts = errorKinds(question).map(({ requests }) => requests);
  return counts.toSorted((a, b) => b - a)[MAX_KINDS] ?? 0;
}

/** A row for each kind of error that is listed for certain: its class and status, the endpoint, and how many requests. */
export function errorTexts(question: Question): Texts {
  const least = leastOfKinds(question);
  const kinds = errorKinds(question).filter(({ requests }) => requests > least);
  return sorted(
    kinds.map((kind) => {
      const { error_type: type, status_code: code } = kind;
      const name = type ?? (code === null ? 'no status' : 'no class');
      const badge = code === null ? '' : ` ${code}`;
      return `${name}${badge} | ${endpoint(kind.method, kind.endpoint)} | ${count(kind.requests)}`;
    }),
  );
}

/** The same, of the page. */
export async function shownErrors(page: Page, question: Question): Promise<Texts> {
  const least = leastOfKinds(question);
  const texts = await textsOf(page, 'table.errors tbody tr', 'th, td:has(a.endpoint), td.number');
  return sorted(texts.filter((text) => Number(text.split(' | ').at(-1)) > least));
}

/** Each hour of the week that has any. */
export function weekTexts({ events }: Question): Texts {
  return weekHours(events, 'UTC').map(
    ({ latencies }) => `${count(latencies.length)} ${latencies.length === 1 ? 'request' : 'requests'}`,
  );
}

/** The same, of the page; the percentiles beside are estimates. */
export async function shownWeek(page: Page): Promise<Texts> {
  const titles = await page
    .locator('.week td[title*=", p50 "]')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title') ?? ''));
  return titles.map((title) => title.replace(/,[^,]*,[^,]*$/, ''));
}

function apdexOf(latencies: readonly number[], threshold: number): ApdexCounts {
  const satisfied = latencies.filter((latency) => latency <= threshold).length;
  const frustrated = latencies.filter((latency) => latency > 4 * threshold).length;
  return { satisfied, tolerating: latencies.length - satisfied - frustrated, frustrated };
}

/** A score with three digits of the four that answers have. */
function scoreText(counts: ApdexCounts): string {
  const score = apdexScore(counts);
  return decimal(score === null ? null : Math.round(score * 1e4) / 1e4);
}

/** The score and the parts of Apdex, where nothing lies just above a threshold. */
export function apdexTexts({ events }: Question, threshold: number): Texts {
  const counts = apdexOf(latenciesOf(events), threshold);
  const { satisfied, tolerating, frustrated } = counts;
  return [
    scoreText(counts),
    `up to ${duration(threshold)} | ${count(satisfied)}`,
    `up to ${duration(4 * threshold)} | ${count(tolerating)}`,
    `above | ${count(frustrated)}`,
  ];
}

/** The same, of the page. */
export async function shownApdex(page: Page): Promise<Texts> {
  const panel = 'section.panel:has(h2:text-is("Apdex"))';
  return [
    ...(await textsOf(page, `${panel} .apdex`, 'b')),
    ...(await textsOf(page, `${panel} .bars li`, '.label, .number')),
  ];
}

/** A row for each consumer, and how many are new. */
export function consumerTexts(question: Question): Texts {
  const found = consumersOf(question, 'consumer');
  const rows = found.map(({ value, label, group, isNew, events }) => {
    const errors = events.filter(hasFailed).length;
    const name = [label ?? value.slice(0, 10), group, isNew ? 'new' : null];
    return [
      name.filter((part) => part !== null).join(' '),
      count(events.length),
      count(errors),
      share(errors, events.length),
      duration(percentile(latenciesOf(events), 0.95)),
      count(new Set(events.map((event) => `${event.method} ${nameOf(event)}`)).size),
    ].join(' | ');
  });
  return sorted(rows);
}

/** The same, of the page. */
export async function shownConsumers(page: Page): Promise<Texts> {
  return sorted(await textsOf(page, 'table.consumers tbody tr', 'th, td:nth-child(-n + 6)'));
}

/** The metrics that there are, with the types of their values and how many requests have them. */
export function metricTexts({ events }: Question): Texts {
  return sorted(
    metricNames(events).map((name) => {
      const uses = having(events, name);
      const coverage = share(uses.length, events.length);
      return `${name} | ${coverage} of requests, ${count(uses.length)}`;
    }),
  );
}

/** The same, of the page. */
export async function shownMetrics(page: Page): Promise<Texts> {
  return sorted(await textsOf(page, 'nav.list li a', '.name, .coverage'));
}

/** The numbers of a metric: its range, mean and percentile, and each endpoint's. */
export function numberTexts({ events }: Question, name: string): Texts {
  const numbers = numbersOf(having(events, name), name);
  const groups = [...partsBy(having(events, name), (event) => `${event.method} ${nameOf(event)}`).values()];
  return [
    `${decimal(Math.min(...numbers))} to ${decimal(Math.max(...numbers))}, median ${decimal(percentile(numbers, 0.5))}`,
    `mean ${decimal(meanOf(numbers))}`,
    `p95 ${decimal(percentile(numbers, 0.95))}`,
    ...sorted(
      groups.map((part) => {
        const own = numbersOf(part, name);
        const [first] = part as [Exported];
        const figures = [count(part.length), decimal(meanOf(own)), decimal(percentile(own, 0.95))];
        return [endpoint(first.method, nameOf(first)), ...figures].join(' | ');
      }),
    ),
  ];
}

/** The same, of the page. */
export async function shownNumbers(page: Page): Promise<Texts> {
  const legend = await page.locator('.metric-detail .legend .entry').allInnerTexts();
  const range = await page.locator('.metric-detail p.range').allInnerTexts();
  return [
    ...[...range, ...legend].map((text) => text.replaceAll(/\s+/g, ' ').trim()),
    ...sorted(await textsOf(page, 'table.groups tbody tr')),
  ];
}

/** The texts of a metric, the most frequent ones, with how often they come. */
export function shareBars({ events }: Question, name: string): Texts {
  return barTexts(
    sharesOf(having(events, name), name).map(({ json, count: times }) => [JSON.parse(json), times]),
  );
}

/** The first page of requests: what was asked, and how long it took. */
export function requestTexts(question: Question, order: string): Texts {
  return requestsOf(question, order)
    .slice(0, 50)
    .map((event) => {
      const name = event.route ?? event.endpoint;
      const path = name === event.endpoint ? '' : event.endpoint;
      return `${event.method} ${name}${path} | ${exactDuration(event.latency_ms)}`;
    });
}

/** The same, of the page. */
export async function shownRequests(page: Page): Promise<Texts> {
  return textsOf(page, 'table.requests tbody tr', 'button.row, td.number:not(.wide)');
}
