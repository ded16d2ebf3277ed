// What a bar and a percentile of the page choose are the requests that they stand for.
import { expect } from 'chai';

import { countedBetween, latenciesOf, numbersOf, slowerThan } from '../../page/dist/filter/number-range.js';
import type { FilterChange } from '../../page/dist/filter/filter.js';
import type { CerberusServer } from '../../dist/server.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly requests?: number;
  readonly count?: number;
}

/** Numbers of which bars have their ends: whole ones, negative ones, and such as have many digits or an exponent. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  items: [1, 2, 2, 3, 6, 6, 7],
  balance: [-7, -3, -3, 0, 0, 4, 12],
  halves: [0.5, 1, 1, 1.5, 2, 3, 20.5],
  millis: [1_764_480_000_121, 1_764_480_000_123, 1_764_480_000_124, 1_764_480_000_129],
  nanos: [1.7e18, 1.7e18 + 256, 1.700_000_01e18, 1.8e18],
  minute: [1e-12, 3e-12, 3e-12, 2.5e-11],
  digits: [0.123_456_789_012_345_6, 0.123_456_789_012_345_7, 0.9],
};
const LATENCIES = [0, 0.000_4, 1, 1, 1.2, 12.345_67, 100];

describe('a range of numbers that is chosen on the page', () => {
  let running: CerberusServer;
  const now = Date.now();
  const range = { since: String(now - 60_000), until: String(now + 60_000) };

  const ask = async (path: string, params: FilterChange = {}): Promise<Record<string, unknown>> => {
    const given = Object.entries({ ...range, ...params }).filter(([, value]) => value !== undefined);
    const { status, body } = await call(
      `${running.url}${path}?${new URLSearchParams(given as [string, string][]).toString()}`,
    );
    expect(status, JSON.stringify([params, body])).to.equal(200);
    return body;
  };
  const countOf = async (change: FilterChange): Promise<unknown> =>
    (await ask('/api/summary', change))['requests'];

  before(async () => {
    running = await server();
    const event = { client_id: 'shop', endpoint: '/', method: 'GET', timestamp: new Date(now).toISOString() };
    const metrics = Object.entries(NUMBERS).flatMap(([name, values]) =>
      values.map((value) => ({ ...event, custom_data: { [name]: value } })),
    );
    const timed = LATENCIES.map((latency) => ({ ...event, latency_ms: latency }));
    await fetch(`${running.url}/v1/ingest/batch`, {
      method: 'POST',
      headers: { 'x-api-key': TOKEN },
      body: JSON.stringify({ events: [...metrics, ...timed] }),
    });
  });

  after(stopServers);

  for (const name of Object.keys(NUMBERS)) {
    it(`leaves as many requests as the bar says that was clicked: ${name}`, async () => {
      const body = await ask(`/api/custom-metrics/detail`, { name } as FilterChange);
      const { min, max, histogram } = body['numbers'] as { min: number; max: number; histogram: Bar[] };
      const sorted = NUMBERS[name]?.toSorted((a, b) => a - b) ?? [];
      expect([min, max]).to.deep.equal([sorted.at(0), sorted.at(-1)]);
      for (const bar of histogram)
        expect(await countOf(numbersOf(name, bar, histogram[0])), JSON.stringify(bar)).to.equal(bar.count);
    });
  }

  it('leaves as many requests as the bar of latencies says that was clicked', async () => {
    const { histogram } = (await ask('/api/overview')) as unknown as { histogram: Bar[] };
    expect(histogram.length).to.be.above(10);
    for (const bar of histogram)
      expect(await countOf(latenciesOf(bar)), JSON.stringify(bar)).to.equal(bar.requests);
  });

  it('leaves as many requests as Apdex counts on either side of its thresholds', async () => {
    for (const threshold of [1, 3, 12, 25, 96, 100]) {
      const { apdex } = (await ask(`/api/latency`, {
        threshold: String(threshold),
      } as FilterChange)) as unknown as {
        apdex: Record<
          'satisfied' | 'tolerating' | 'frustrated' | 'satisfied_to_ms' | 'tolerating_to_ms',
          number
        >;
      };
      const { satisfied, tolerating, frustrated } = apdex;
      const { satisfied_to_ms: fine, tolerating_to_ms: bearable } = apdex;
      expect(
        [fine / threshold, bearable / (4 * threshold)].every((part) => part >= 1 && part < 1.04),
      ).to.equal(true);
      expect(await countOf(countedBetween(undefined, fine)), `up to ${threshold} ms`).to.equal(satisfied);
      expect(await countOf(countedBetween(fine, bearable)), `above it`).to.equal(tolerating);
      expect(await countOf(countedBetween(bearable, undefined)), `far above it`).to.equal(frustrated);
    }
  });

  it('has the slowest request among those that took as long as a percentile, which is rounded or estimated', async () => {
    for (const latency of LATENCIES) {
      const only = { latency_ms_min: String(latency), latency_ms_max: String(latency) };
      const { totals } = (await ask('/api/overview', only)) as unknown as {
        totals: { latency_ms: { p95: number } };
      };
      const { p95 } = totals.latency_ms;
      for (const change of [slowerThan(p95), slowerThan(p95 * 1.0196, true)])
        expect(Number(change.latency_ms_min), JSON.stringify(change)).to.be.within(
          Math.max(0, latency * 0.97 - 0.002),
          latency,
        );
    }
  });
});
