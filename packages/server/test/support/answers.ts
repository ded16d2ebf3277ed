import { expect } from 'chai';

import type { Totals } from '../../dist/store/questions/analytics.js';
import type { Percentiles } from '../../dist/store/questions/event-query.js';
import type { Store } from '../../dist/store/store.js';

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

/** Counts are exact, clients within 5 %. */
export function expectClose(is: Totals, should: Totals): void {
  expect([is.requests, is.errors]).to.deep.equal([should.requests, should.errors]);
  expect(is.clients).to.be.within(should.clients * 0.95, should.clients * 1.05);
  expectLatency(is.latency, should.latency);
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
  }
}
