import { expect } from 'chai';
import { millisAround } from '../../page/dist/parts/releases/millis-around.js';
import { slowerOf } from '../../page/dist/parts/releases/slower.js';

type Rows = Parameters<typeof slowerOf>[0];

describe('endpoints that got slower with a release', () => {
  const row = (endpoint: string, p95: number | null, requests = 20): Rows[number] => ({
    client_id: 'shop',
    method: 'GET',
    endpoint,
    inferred: false,
    requests,
    errors: 0,
    client_errors: 0,
    share: 0,
    latency_ms: { p50: p95, p95, p99: p95 },
    apdex: null,
    threshold_ms: 500,
    own_threshold: false,
    sparkline: [],
  });

  it('are those whose p95 grew by a tenth, those that grew most first', () => {
    const before = [row('/same', 100), row('/bit', 100), row('/much', 10), row('/faster', 100)];
    const after = [row('/same', 109), row('/bit', 111), row('/much', 40), row('/faster', 50)];
    expect(slowerOf(before, after)).to.deep.equal([
      { method: 'GET', endpoint: '/much', before: 10, after: 40 },
      { method: 'GET', endpoint: '/bit', before: 100, after: 111 },
    ]);
  });

  it('are none of few requests, on one side only, or without a latency', () => {
    const before = [row('/few', 1, 19), row('/few-now', 1), row('/gone', 1), row('/silent', null)];
    const after = [row('/few', 9), row('/few-now', 9, 19), row('/new', 9), row('/silent', 9)];
    expect(slowerOf(before, after)).to.deep.equal([]);
  });

  it('are compared over an hour, or over the whole minutes that have passed, at least one', () => {
    expect([5, 61_000, 150_000, 7_200_000].map((passed) => millisAround(1000, 1000 + passed))).to.deep.equal([
      60_000, 60_000, 120_000, 3_600_000,
    ]);
  });
});
