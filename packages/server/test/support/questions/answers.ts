import { expect } from 'chai';

import type { Totals } from '../../../dist/store/questions/analytics.js';
import type { AnalyticsFilter } from '../../../dist/store/questions/analytics-filter.js';
import { CONSUMER_KINDS, CONSUMER_ORDERS } from '../../../dist/store/questions/consumer-list.js';
import type { EventQuery, Percentiles } from '../../../dist/store/questions/event-query.js';
import type { Store } from '../../../dist/store/store.js';

/**
 * The order of operations shows in the last digits of an interpolation. Short decimals, which these values are full of, would
 * lie just where rounding decides by the last digit, so they are moved a little first.
 */
export function tidy(value: unknown): unknown {
  if (typeof value === 'number') return Number((value * (1 + 3.7e-11)).toPrecision(9)) + 0;
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, tidy(member)]));
}

/** Within the error of a bucket. */
export function expectLatency(is: Percentiles, should: Percentiles | undefined): void {
  for (const name of ['p50', 'p95', 'p99'] as const) {
    const expected = should?.[name] ?? null;
    if (expected === null) expect(is[name]).to.equal(null);
    else expect(is[name], name).to.be.within(expected * 0.98 - 1e-6, expected * 1.02 + 1e-6);
  }
}

/** Counts are exact, clients within 5 %, and off by one where they are few: two may fall into one register of the sketch. */
export function expectClose(is: Totals, should: Totals): void {
  expect([is.requests, is.errors]).to.deep.equal([should.requests, should.errors]);
  expect(is.clients).to.be.closeTo(should.clients, Math.max(1, should.clients * 0.05));
  expectLatency(is.latency, should.latency);
}

type Consumers = Awaited<ReturnType<Store['analytics']['consumers']>>;

/** All but percentiles is exact. */
function expectConsumers(is: Consumers, should: Consumers): void {
  const exactly = ({ estimated: _estimated, consumers, ...rest }: Consumers): unknown => [
    rest,
    consumers.map(({ p95: _p95, ...figures }) => figures),
  ];
  expect(exactly(is)).to.deep.equal(exactly(should));
  for (const [index, { p95 }] of is.consumers.entries()) {
    const expected = should.consumers[index]?.p95 ?? null;
    if (expected === null) expect(p95).to.equal(null);
    else expect(p95).to.be.within(expected * 0.98 - 1e-6, expected * 1.02 + 1e-6);
  }
}

/** Those that the page asks for, as they are listed; of the orders, all that are exact. */
export async function expectSameConsumers(is: Store, should: Store, filter: AnalyticsFilter): Promise<void> {
  for (const [index, order] of CONSUMER_ORDERS.filter((each) => each !== 'p95').entries()) {
    const by = CONSUMER_KINDS[index % 3] ?? 'consumer';
    const query = { ...filter, by, order, limit: 8, search: index === 3 ? 'R 1' : undefined };
    const [answer, exact] = [await is.analytics.consumers(query), await should.analytics.consumers(query)];
    expectConsumers(answer, exact);
  }
}

/** The same of errors, but for where the parts of a course begin. */
export async function expectSameErrors(is: Store, should: Store, filter: AnalyticsFilter): Promise<void> {
  const listOf = async (each: Store): Promise<unknown> => {
    const { groups, ...rest } = await each.analytics.errors({ ...filter, limit: 20 });
    return [rest, groups.map(({ sparkline, ...group }) => [group, sparkline.reduce((a, b) => a + b)])];
  };
  expect(await listOf(is)).to.deep.equal(await listOf(should));
}

/** The slowest events, page by page to the last, whatever ids they have. */
export async function expectSameSlowest(is: Store, should: Store, filter: AnalyticsFilter): Promise<void> {
  const listOf = async (each: Store): Promise<unknown> => {
    const found: unknown[] = [];
    for (let after: EventQuery['after']; ;) {
      const page = await each.events({ ...filter, order: 'slowest', limit: 250, after });
      found.push(...page.map(({ id: _id, ...event }) => event));
      const last = page.at(-1);
      if (last === undefined) return found;
      after = { value: last.latencyMs ?? NaN, id: last.id };
    }
  };
  expect(await listOf(is)).to.deep.equal(await listOf(should));
}

type Detail = Awaited<ReturnType<Store['analytics']['metric']>>;

/** All but means and percentiles is exact. */
export function expectMetric(is: Detail, should: Detail): void {
  const exactly = ({ estimated: _estimated, numbers, groups, ...rest }: Detail): unknown => [
    rest,
    numbers && [numbers.count, numbers.min, numbers.max, numbers.series.map((point) => point.count)],
    groups?.map(({ mean: _mean, p95: _p95, ...group }) => group),
  ];
  expect(exactly(is)).to.deep.equal(exactly(should));
  if (is.numbers === null || should.numbers === null) return;
  expect(is.numbers.histogram.reduce((sum, bin) => sum + bin.count, 0)).to.equal(is.numbers.count);
  expect(is.numbers.mean).to.be.closeTo(should.numbers.mean, 1e-9);
  for (const name of ['p50', 'p95'] as const) {
    const expected = should.numbers[name];
    expect(is.numbers[name], name).to.be.closeTo(expected, Math.abs(expected) * 0.02 + 1e-9);
    expect(is.numbers[name], name).to.be.within(is.numbers.min, is.numbers.max);
  }
}
